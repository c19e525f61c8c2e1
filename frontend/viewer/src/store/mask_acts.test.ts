import { beforeEach, describe, expect, it } from 'vitest';
import { emptyBitmap, trimmed } from '../masks/bitmap';
import { sweep } from '../masks/brush';
import { shapeOf } from '../masks/runs';
import type { Manifest } from '../model/manifest';
import type { Point } from '../model/pictures';
import type { SaveQueue } from '../save/queue';
import { Acts } from './acts';
import { mergeMarks, splitMark } from './cut_and_join';
import { changeMask, isMask, type MaskMark, maskOnFrame, pixelsOf, replaceMark } from './mask_acts';
import { Records } from './records';
import { Ui } from './ui';
import { Workspace } from './workspace';

const FRAME = { column: 0, row: 0, columns: 40, rows: 30 };

function disc(...centres: Point[]) {
  const made = emptyBitmap(FRAME);
  for (const at of centres) sweep(made, at, at, { radius: 4, aspect: 1 }, 1);
  const bitmap = trimmed(made);
  if (!bitmap) throw new Error('painted nothing');
  return bitmap;
}

let acts: Acts;

function add(frame: string, ...centres: Point[]): MaskMark {
  const { points, mask } = shapeOf(disc(...centres));
  const mark = acts.workspace.records.get('annotation', acts.addMark(frame, 'mask', points, { mask }) ?? '');
  if (!isMask(mark)) throw new Error('no mask was made');
  return mark;
}

const live = () => acts.workspace.records.live('annotation');

beforeEach(() => {
  const manifest = {
    case: { id: 'c', modality: 'CT' },
    reading: { may_annotate: true, locked: false },
    finding_kinds: [{ value: 'lesion', label: 'Lesion' }],
    stacks: [{ columns: 40, rows: 30, frames: [{ key: 'f1' }, { key: 'f2' }] }],
  } as unknown as Manifest;
  const queue = { take: () => undefined } as unknown as SaveQueue;
  acts = new Acts(manifest, new Workspace(new Records(), queue), new Ui(), 'reader', new Map());
});

describe('a stroke goes to', () => {
  it("the selected mask of the frame, else to the selected finding's there, else to none", () => {
    const first = add('f1', [10, 10]);
    const second = add('f1', [20, 20]);
    expect(maskOnFrame(acts, 'f1')?.id).toBe(second.id);
    acts.ui.set({ selectedMark: first.id });
    expect(maskOnFrame(acts, 'f1')?.id).toBe(first.id);
    expect(maskOnFrame(acts, 'f2')).toBeNull();
    acts.ui.set({ selectedMark: null });
    expect(maskOnFrame(acts, 'f1')?.finding).toBe(first.finding);
    acts.ui.set({ selectedFinding: null });
    expect(maskOnFrame(acts, 'f1')).toBeNull();
  });
});

describe('a mask', () => {
  it('with nothing left is deleted, and comes back by one undo', () => {
    const mark = add('f1', [10, 10]);
    changeMask(acts, mark, null, 'erase mask');
    expect(live()).toEqual([]);
    acts.workspace.undo();
    expect(live().map((one) => one.mask)).toEqual([mark.mask]);
  });

  it('that is locked is neither painted nor replaced', () => {
    const mark = { ...add('f1', [10, 10]), locked: true };
    acts.workspace.records.put('annotation', mark);
    changeMask(acts, mark, disc([20, 20]), 'paint mask');
    expect(replaceMark(acts, mark.id, [{ kind: 'contour', points: [] }], 'mask to contour')).toEqual([]);
    expect(live()).toEqual([mark]);
  });

  it('of another reader is not changed', () => {
    const mark = { ...add('f1', [10, 10]), owner: 'somebody else' };
    acts.workspace.records.put('annotation', mark);
    changeMask(acts, mark, disc([20, 20]), 'paint mask');
    expect(live()).toEqual([mark]);
    expect(maskOnFrame(acts, 'f1')).toBeNull();
  });

  it('is split into its parts and joined again, with what else encloses pixels, each in one step', () => {
    const mark = add('f1', [8, 8], [30, 20]);
    expect(splitMark(acts, mark.id, null)).toContain('2 masks');
    const parts = live();
    expect(parts.map((one) => isMask(one) && pixelsOf(one))).toEqual([disc([8, 8]), disc([30, 20])]);
    const box = acts.addMark('f1', 'box', [
      [6, 6],
      [12, 12],
    ]);
    expect(mergeMarks(acts, [...parts.map((one) => one.id), box ?? ''])).toContain('3 marks joined');
    const [joined, ...others] = live();
    expect(others).toEqual([]);
    expect(joined?.points).toEqual([
      [4, 4],
      [34, 24],
    ]);
    acts.workspace.undo();
    acts.workspace.undo();
    acts.workspace.undo();
    expect(live().map((one) => one.mask)).toEqual([mark.mask]);
  });
});
