import { describe, expect, it } from 'vitest';
import type { Manifest } from '../model/manifest';
import type { SchemaJson } from '../model/questions';
import type { Annotation, Answer } from '../model/reading';
import { Acts } from './acts';
import { setAnswers, setOverride } from './answers';
import { Places } from './places';
import { Records } from './records';
import { keepSizesKnown } from './size_keeper';
import { ofFinding } from './targets';
import { Ui } from './ui';
import { Workspace } from './workspace';

const NODULE = {
  key: 'nodule',
  version: 1,
  title: 'Nodule',
  definition: {
    applies_to: 'finding',
    form: {
      questions: [{ name: 'shape', title: 'Shape', kind: 'choice', options: [{ value: 'tall', title: 'Tall' }] }],
    },
    scoring: { kind: 'points', size: 'size_mm' },
  },
} as unknown as SchemaJson;

/** A case as it is opened: a caliper of 20 mm, and an answer that the server gave back with its score. */
function opened(score: object) {
  const geometry = { spacing: [0.2, 0.2], spacing_source: 'PixelSpacing', regions: [] };
  const manifest = {
    case: { id: 'case', modality: 'US' },
    reading: { may_annotate: true, locked: false },
    stacks: [{ key: 'stack', prior: 0, laterality: '', frames: [{ key: 'f', geometry }], kind: 'still' }],
    schemas: [NODULE],
    finding_kinds: [{ value: 'nodule', label: 'Nodule' }],
  } as unknown as Manifest;
  const records = new Records();
  const sent: { size_mm: unknown; override: unknown }[] = [];
  const take = (touched: readonly { kind: string; id: string }[]): void => {
    for (const { kind, id } of touched) {
      const answer = kind === 'answer' ? records.get('answer', id) : undefined;
      if (answer) sent.push({ size_mm: answer.size_mm, override: answer.override });
    }
  };
  const touch = (kind: string, id: string): void => take([{ kind, id }]);
  const queue = { take, touch, subscribe: () => undefined, waits: () => false };
  const acts = new Acts(manifest, new Workspace(records, queue as never, () => 0), new Ui(), 'me', new Map());
  const mine = { owner: 'me', deleted: false, finding: 'one', case: 'case', revision: 1 };
  const line = [
    [10, 10],
    [110, 10],
  ];
  records.put('annotation', { ...mine, id: 'm', frame: 'f', kind: 'length', points: line } as unknown as Annotation);
  const target = { breast: '', first_frame: null, last_frame: null, override: null };
  const answer = { ...mine, ...target, id: 'a', schema: 'nodule@1', answers: { shape: 'tall' }, score };
  records.put('answer', answer as unknown as Answer);
  keepSizesKnown(acts, new Places(manifest));
  return { acts, records, sent };
}

describe('the size of a finding', () => {
  it('goes with the first change to an answer that was there when the case was opened', () => {
    const { acts, sent } = opened({ size_mm: 20, size_source: 'caliper' });
    setOverride(acts, NODULE, ofFinding('one'), { level: 'TR5', reason: 'grew' });
    expect(sent).toEqual([{ size_mm: 20, override: { level: 'TR5', reason: 'grew' } }]);
    acts.workspace.undo();
    expect(sent.at(-1)).toEqual({ size_mm: 20, override: null });
  });

  it('goes with the first answer of a finding, in one save', () => {
    const { acts, records, sent } = opened({});
    records.put('answer', { ...(records.get('answer', 'a') as Answer), deleted: true });
    setAnswers(acts, NODULE, ofFinding('one'), { answers: { shape: 'tall' }, question: 'shape', typed: false });
    expect(sent).toEqual([{ size_mm: 20, override: null }]);
  });
});
