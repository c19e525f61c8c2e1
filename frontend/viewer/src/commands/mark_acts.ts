/** What is done to the selected mark beyond drawing it: shifted, copied back, cut, joined, locked, hidden. */
import { moved } from '../marks/shapes';
import { invertAffine } from '../model/geometry';
import type { Point } from '../model/pictures';
import { mergeMarks, splitMark } from '../store/cut_and_join';
import { changeable, lockMark, shiftMark } from '../store/mark_acts';
import type { Command, Desk } from './command';
import { copyToSlice } from './marks';

const FAR = 10;

/** Shift by stored pixels along the screen: up is up, however the picture is turned. */
function shift(x: number, y: number): (desk: Desk) => void {
  return ({ acts, places, grid, busy }) => {
    const mark = changeable(acts, acts.ui.now.selectedMark);
    const place = mark && places.of(mark.frame);
    if (!mark || !place || busy || mark.points.length === 0) return;
    const unit = grid.visible.find(({ pane }) => pane.stack?.key === place.stack.key) ?? grid.active;
    const affine = unit.pane.pixelToPane;
    const by: Point = affine ? along(invertAffine(affine), x, y) : [x, y];
    // A mask lies on whole pixels, and so do these steps.
    shiftMark(acts, mark.id, moved(mark.points, by, place.stack.columns, place.stack.rows));
  };
}

/** The step in the stored matrix whose direction is the nearest to one of the screen. */
function along({ a, b, c, d }: { a: number; b: number; c: number; d: number }, x: number, y: number): Point {
  const [column, row] = [a * x + c * y, b * x + d * y];
  const size = Math.max(Math.abs(x), Math.abs(y));
  return Math.abs(column) > Math.abs(row) ? [Math.sign(column) * size, 0] : [0, Math.sign(row) * size];
}

const SHIFTS: readonly Command[] = (
  [
    ['left', 'ArrowLeft', -1, 0],
    ['right', 'ArrowRight', 1, 0],
    ['up', 'ArrowUp', 0, -1],
    ['down', 'ArrowDown', 0, 1],
  ] as const
).flatMap(([words, key, x, y]): Command[] => [
  {
    id: `marks.shift_${words}`,
    title: `Shift the mark ${words} by a pixel`,
    group: 'Marks',
    keys: [`Alt+${key}`],
    repeats: true,
    run: shift(x, y),
  },
  {
    id: `marks.shift_${words}_far`,
    title: `Shift the mark ${words} by ten`,
    group: 'Marks',
    keys: [`Alt+Shift+${key}`],
    repeats: true,
    run: shift(x * FAR, y * FAR),
  },
]);

function toggleLock({ acts, say }: Desk): void {
  const { selectedMark, alsoSelected } = acts.ui.now;
  const mark = selectedMark ? acts.workspace.records.get('annotation', selectedMark) : undefined;
  if (!mark || mark.deleted) return;
  for (const id of [mark.id, ...alsoSelected]) lockMark(acts, id, !mark.locked);
  say(mark.locked ? 'Unlocked' : 'Locked: it stays as it is until it is unlocked.');
}

function toggleHidden({ acts: { ui }, say }: Desk): void {
  const { selectedMark, alsoSelected, hiddenMarks } = ui.now;
  if (!selectedMark) return;
  const chosen = [selectedMark, ...alsoSelected];
  const isHidden = hiddenMarks.has(selectedMark);
  const others = [...hiddenMarks].filter((id) => !chosen.includes(id));
  ui.set({ hiddenMarks: new Set(isHidden ? others : [...others, ...chosen]) });
  say(isHidden ? 'Shown again' : 'Hidden');
}

function hideOthers({ acts, say }: Desk): void {
  const { ui, workspace } = acts;
  const { selectedMark, alsoSelected, hiddenMarks } = ui.now;
  if (hiddenMarks.size > 0 || !selectedMark) {
    if (hiddenMarks.size > 0) say('All marks shown');
    ui.set({ hiddenMarks: new Set() });
    return;
  }
  const chosen = new Set([selectedMark, ...alsoSelected]);
  const others = workspace.records.live('annotation').filter((mark) => !chosen.has(mark.id));
  ui.set({ hiddenMarks: new Set(others.map((mark) => mark.id)) });
  say('All other marks hidden');
}

export const MARK_ACT_COMMANDS: readonly Command[] = [
  {
    id: 'marks.copy_back',
    title: 'Copy to the previous slice',
    group: 'Marks',
    keys: ['Shift+D'],
    run: copyToSlice(-1),
  },
  {
    id: 'marks.split_along',
    title: 'Cut the mark in two along its longest axis',
    group: 'Marks',
    keys: ['Shift+X'],
    run: ({ acts, busy, say }) => {
      if (!busy && acts.ui.now.selectedMark) say(splitMark(acts, acts.ui.now.selectedMark, null));
    },
  },
  {
    id: 'marks.merge',
    title: 'Join the selected marks to one contour',
    group: 'Marks',
    keys: ['Shift+J'],
    run: ({ acts, busy, say }) => {
      const { selectedMark, alsoSelected } = acts.ui.now;
      if (!busy) say(mergeMarks(acts, selectedMark ? [selectedMark, ...alsoSelected] : []));
    },
  },
  { id: 'marks.lock', title: 'Lock or unlock the mark', group: 'Marks', keys: ['Shift+L'], run: toggleLock },
  { id: 'marks.hide', title: 'Hide or show the mark', group: 'Marks', keys: ['Shift+U'], run: toggleHidden },
  {
    id: 'marks.hide_others',
    title: 'Hide all other marks; show all again',
    group: 'Marks',
    keys: ['Shift+I'],
    run: hideOthers,
  },
  ...SHIFTS,
];
