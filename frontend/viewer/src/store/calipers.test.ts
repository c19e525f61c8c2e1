import { beforeEach, describe, expect, it } from 'vitest';
import type { Manifest } from '../model/manifest';
import type { Suggestion } from '../model/reading';
import type { SaveQueue } from '../save/queue';
import { Acts } from './acts';
import { CALIPER, hasCalipers, nameNextPoints, switchCaliper } from './calipers';
import { Records } from './records';
import { Ui } from './ui';
import { Workspace } from './workspace';

const manifest = {
  case: { id: 'c', modality: 'US' },
  reading: { may_annotate: true, locked: false },
  finding_kinds: [{ value: 'nodule', label: 'Nodule' }],
} as unknown as Manifest;

let acts: Acts;
beforeEach(() => {
  const queue = { take: () => undefined, touch: () => undefined } as unknown as SaveQueue;
  acts = new Acts(manifest, new Workspace(new Records(), queue), new Ui({ tool: 'point' }), 'r', new Map());
});

const draw = (): string => acts.addMark('f', 'point', [[5, 5]], { label: acts.ui.now.pointLabel }) ?? '';
const labelOf = (id: string): string | undefined => acts.workspace.records.get('annotation', id)?.label;

describe('a point that marks a caliper', () => {
  it('is drawn as one once they are chosen, begins no finding, and goes to the chosen one', () => {
    switchCaliper(acts);
    const first = draw();
    const second = draw();
    expect([labelOf(first), labelOf(second)]).toEqual([CALIPER, CALIPER]);
    expect(acts.myFindings).toEqual([]);
    acts.addFinding();
    const [finding] = acts.myFindings;
    expect(acts.workspace.records.get('annotation', draw())?.finding).toBe(finding?.id);
  });

  it('that was drawn as a plain one becomes one by the same key, with the next; undo takes the word back', () => {
    const first = draw();
    expect(labelOf(first)).toBe('');
    switchCaliper(acts);
    expect([labelOf(first), labelOf(draw())]).toEqual([CALIPER, CALIPER]);
    acts.workspace.undo();
    acts.workspace.undo();
    expect(labelOf(first)).toBe('');
  });

  it('is a plain one again by the key once more, and a mark of another kind is left alone', () => {
    switchCaliper(acts);
    const first = draw();
    switchCaliper(acts);
    expect([labelOf(first), acts.ui.now.pointLabel]).toEqual(['', '']);
    const box =
      acts.addMark('f', 'box', [
        [0, 0],
        [9, 9],
      ]) ?? '';
    nameNextPoints(acts, CALIPER);
    expect(labelOf(box)).toBe('');
    acts.ui.set({ tool: 'box' });
    switchCaliper(acts);
    expect([labelOf(box), acts.ui.now.pointLabel]).toEqual(['', CALIPER]);
  });

  it('is offered in ultrasound, and where a model found some', () => {
    const ct = { case: { id: 'c', modality: 'CT' } } as unknown as Manifest;
    const found = new Map([['s', { label: CALIPER } as Suggestion]]);
    expect([hasCalipers(manifest, new Map()), hasCalipers(ct, new Map()), hasCalipers(ct, found)]).toEqual([
      true,
      false,
      true,
    ]);
  });
});
