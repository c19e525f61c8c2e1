import { beforeEach, describe, expect, it } from 'vitest';
import { polygonArea } from '../model/contour';
import type { Manifest } from '../model/manifest';
import type { Point } from '../model/pictures';
import type { SaveQueue } from '../save/queue';
import { Acts } from './acts';
import { mergeMarks, splitMark } from './cut_and_join';
import { deleteMarks, labelMark, lockMark, shiftMark } from './mark_acts';
import { Records } from './records';
import { Ui } from './ui';
import { Workspace } from './workspace';

const square = (column: number, row: number, size: number): Point[] => [
  [column, row],
  [column + size, row],
  [column + size, row + size],
  [column, row + size],
];

let acts: Acts;
const live = () => acts.workspace.records.live('annotation');
const mark = (id: string | null) => acts.workspace.records.get('annotation', id ?? '');

beforeEach(() => {
  const manifest = {
    case: { id: 'c', modality: 'CT' },
    reading: { may_annotate: true, locked: false },
    finding_kinds: [{ value: 'lesion', label: 'Lesion' }],
    stacks: [{ columns: 100, rows: 100, frames: [{ key: 'f1' }, { key: 'f2' }] }],
  } as unknown as Manifest;
  const queue = { take: () => undefined } as unknown as SaveQueue;
  acts = new Acts(manifest, new Workspace(new Records(), queue), new Ui(), 'reader', new Map());
});

describe('cutting a mark', () => {
  it('leaves the larger part of a contour in its record, and is one step of undo', () => {
    const id = acts.addMark('f1', 'contour', square(0, 0, 10));
    expect(
      splitMark(acts, id, [
        [3, -5],
        [3, 15],
      ]),
    ).toBe('Cut in two.');
    expect(polygonArea(mark(id)?.points ?? [])).toBe(70);
    expect(
      live()
        .map((one) => polygonArea(one.points))
        .sort(),
    ).toEqual([30, 70]);
    expect(new Set(live().map((one) => one.finding)).size).toBe(1);
    acts.workspace.undo();
    expect(live().map((one) => one.points)).toEqual([square(0, 0, 10)]);
  });

  it('makes contours of a box, whose record goes', () => {
    const id = acts.addMark('f1', 'box', [
      [0, 0],
      [40, 10],
    ]);
    splitMark(acts, id, null);
    expect(mark(id)?.deleted).toBe(true);
    expect(live().map((one) => [one.kind, polygonArea(one.points)])).toEqual([
      ['contour', 200],
      ['contour', 200],
    ]);
  });

  it('says why it did nothing', () => {
    const id = acts.addMark('f1', 'contour', square(0, 0, 10));
    expect(
      splitMark(acts, id, [
        [30, 0],
        [30, 10],
      ]),
    ).toContain('does not cut');
    expect(
      splitMark(
        acts,
        acts.addMark('f1', 'length', [
          [0, 0],
          [9, 9],
        ]),
        null,
      ),
    ).toContain('Choose a box');
    if (id) lockMark(acts, id, true);
    expect(splitMark(acts, id, null)).toContain('locked ones stay');
    expect(live().length).toBe(2);
  });
});

describe('joining marks', () => {
  it('joins boxes in a row, whichever was selected first, and is one step of undo', () => {
    const ids = [20, 0, 10].map(
      (column) =>
        acts.addMark('f1', 'box', [
          [column, 0],
          [column + 10, 10],
        ]) ?? '',
    );
    expect(mergeMarks(acts, ids)).toBe('3 marks joined.');
    expect(live().map((one) => [one.kind, polygonArea(one.points)])).toEqual([['contour', 300]]);
    acts.workspace.undo();
    expect(live().length).toBe(3);
  });

  it('says why it did nothing', () => {
    const one = acts.addMark('f1', 'contour', square(0, 0, 10)) ?? '';
    const apart = acts.addMark('f1', 'contour', square(50, 50, 10)) ?? '';
    const below = acts.addMark('f2', 'contour', square(0, 0, 10)) ?? '';
    expect(mergeMarks(acts, [one])).toContain('Choose two');
    expect(mergeMarks(acts, [one, apart])).toContain('do not touch');
    expect(mergeMarks(acts, [one, below])).toContain('different slices');
    acts.ui.set({ selectedFinding: null });
    const other = acts.addMark('f1', 'contour', square(5, 5, 10)) ?? '';
    expect(mergeMarks(acts, [one, other])).toContain('different findings');
    lockMark(acts, apart, true);
    expect(mergeMarks(acts, [one, apart])).toContain('locked ones stay');
    expect(live().length).toBe(4);
  });
});

describe('deleting several marks', () => {
  it('is one step of undo, and leaves the locked ones', () => {
    const ids = [0, 20, 40].map((column) => acts.addMark('f1', 'contour', square(column, 0, 10)) ?? '');
    lockMark(acts, ids[2] ?? '', true);
    deleteMarks(acts, [...ids, null]);
    expect(live().map((one) => one.id)).toEqual([ids[2]]);
    acts.workspace.undo();
    expect(live().length).toBe(3);
  });
});

describe('words and angles', () => {
  it('begin no finding, and belong to the chosen one', () => {
    const ends: Point[] = [
      [0, 0],
      [20, 20],
    ];
    const finding = (id: string | null) => mark(id)?.finding;
    expect(finding(acts.addMark('f1', 'arrow', ends))).toBeNull();
    expect(finding(acts.addMark('f1', 'angle', [...ends, [40, 0]]))).toBeNull();
    const box = acts.addMark('f1', 'box', ends);
    expect(finding(box)).not.toBeNull();
    expect(finding(acts.addMark('f1', 'arrow', ends))).toBe(finding(box));
  });
});

describe('a locked mark', () => {
  it('is neither moved, reshaped nor deleted, but may be written on, until it is unlocked', () => {
    const id =
      acts.addMark('f1', 'arrow', [
        [0, 0],
        [20, 20],
      ]) ?? '';
    lockMark(acts, id, true);
    shiftMark(acts, id, [
      [1, 1],
      [21, 21],
    ]);
    acts.changeMark(
      id,
      [
        [5, 5],
        [20, 20],
      ],
      'reshape arrow',
    );
    acts.deleteMark(id);
    labelMark(acts, id, 'cyst');
    expect(mark(id)).toMatchObject({
      points: [
        [0, 0],
        [20, 20],
      ],
      deleted: false,
      label: 'cyst',
    });
    lockMark(acts, id, false);
    shiftMark(acts, id, [
      [1, 1],
      [21, 21],
    ]);
    expect(mark(id)?.points).toEqual([
      [1, 1],
      [21, 21],
    ]);
    for (const words of ['move arrow', 'unlock mark', 'write on mark', 'lock mark', 'draw arrow']) {
      expect(acts.workspace.undo()).toBe(words);
    }
    expect(live()).toEqual([]);
  });

  it('of another reader stays as it is', () => {
    const id = acts.addMark('f1', 'point', [[5, 5]]) ?? '';
    const theirs = { ...(mark(id) as NonNullable<ReturnType<typeof mark>>), owner: 'somebody' };
    acts.workspace.records.put('annotation', theirs);
    lockMark(acts, id, true);
    shiftMark(acts, id, [[6, 6]]);
    labelMark(acts, id, 'mine');
    expect(mark(id)).toEqual(theirs);
  });
});
