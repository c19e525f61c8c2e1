/** Masks: the brush's size, between slices, from and to contours, grown and shrunk. */
import { SHAPES } from '../marks/shapes';
import { type Bitmap, type Box, grown, shrunk } from '../masks/bitmap';
import { outlinesOf } from '../masks/outlines';
import { filledPolygon } from '../masks/polygon_fill';
import { shapeOf } from '../masks/runs';
import { masksBetween } from '../masks/slices_between';
import type { Annotation } from '../model/reading';
import { addMasksLike, changeMask, isMask, type MaskMark, masksOf, pixelsOf, replaceMark } from '../store/mask_acts';
import { frameBox, resizeBrush } from '../tools/painting';
import type { Command, Desk } from './command';

/** More do not fit into a contour's record (annotator/annotations/geometry_checks.py). */
const MOST_CONTOUR_POINTS = 5_000;

function selected({ acts }: Desk): Annotation | null {
  const { selectedMark } = acts.ui.now;
  const mark = selectedMark ? acts.workspace.records.get('annotation', selectedMark) : undefined;
  return mark && !mark.deleted && acts.isMine(mark) && acts.mayEdit ? mark : null;
}

/** The selected mask, when it may be changed; says so when it may not. */
function selectedMask(desk: Desk): MaskMark | null {
  const mark = selected(desk) ?? undefined;
  if (!isMask(mark)) {
    desk.say('Select a mask first.');
    return null;
  }
  if (mark.locked) desk.say('This mask is locked.');
  return mark.locked ? null : mark;
}

function frameOf({ places }: Desk, mark: Annotation): Box | null {
  const stack = places.of(mark.frame)?.stack;
  return stack ? frameBox(stack) : null;
}

function resize(by: 1 | -1): (desk: Desk) => void {
  return ({ acts, grid }) => resizeBrush(acts.ui, grid.active.pane, by);
}

function toMask(desk: Desk): void {
  const mark = selected(desk);
  const frame = mark && frameOf(desk, mark);
  const shape = mark && SHAPES[mark.kind];
  if (!mark || !frame || !shape?.closed || mark.kind === 'mask') {
    desk.say('Select a contour, a box or another closed shape first.');
    return;
  }
  if (mark.locked) {
    desk.say('This mark is locked.');
    return;
  }
  const filled = filledPolygon(shape.outline(mark.points), frame);
  if (filled) replaceMark(desk.acts, mark.id, [{ kind: 'mask', ...shapeOf(filled) }], `${mark.kind} to mask`);
  else desk.say('No pixel has its centre inside: too small for a mask.');
}

function toContour(desk: Desk): void {
  const mark = selectedMask(desk);
  if (!mark) return;
  const lines = outlinesOf(pixelsOf(mark));
  const parts = lines.filter((line) => !line.hole);
  const holes = lines.length - parts.length;
  if (parts.some((part) => part.points.length > MOST_CONTOUR_POINTS)) {
    desk.say('The edge of this mask is too ragged for a contour.');
    return;
  }
  const made = replaceMark(
    desk.acts,
    mark.id,
    parts.map(({ points }) => ({ kind: 'contour' as const, points })),
    'mask to contour',
  );
  const words = [
    made.length > 1 ? `${made.length} contours, one for each part.` : '',
    holes > 0 ? `${holes === 1 ? 'One hole is' : `${holes} holes are`} filled: a contour has none.` : '',
  ].filter(Boolean);
  if (words.length > 0) desk.say(words.join(' '));
}

function fillBetween(desk: Desk): void {
  const { acts, places, grid, say } = desk;
  const finding = acts.ui.now.selectedFinding ?? selected(desk)?.finding ?? null;
  const stack = grid.active.pane.stack;
  if (!acts.mayEdit || !stack) return;
  if (!finding) {
    say('Select the finding whose masks are to be filled in between.');
    return;
  }
  if (stack.kind !== 'volume') {
    say('These pictures are no slices of one volume: nothing lies between them.');
    return;
  }
  const marks = masksOf(acts, finding).filter((mark) => places.of(mark.frame)?.stack === stack);
  const marked = marks.map((mark) => ({ slice: places.of(mark.frame)?.index ?? 0, bitmap: pixelsOf(mark) }));
  const like = marks[0];
  if (!like || new Set(marked.map(({ slice }) => slice)).size < 2) {
    say('Paint a mask of this finding on two slices first; those between are filled.');
    return;
  }
  const made = masksBetween(stack, marked);
  if (made.length === 0) {
    say('Every slice between has its mask.');
    return;
  }
  const added = made.map(({ slice, bitmap }) => ({ frame: stack.frames[slice]?.key ?? '', bitmap }));
  addMasksLike(acts, like, added, 'fill between slices');
  say(made.length === 1 ? 'One slice filled.' : `${made.length} slices filled.`);
}

function change(words: string, how: (bitmap: Bitmap, frame: Box) => Bitmap | null, gone: string): (desk: Desk) => void {
  return (desk) => {
    const mark = selectedMask(desk);
    const frame = mark && frameOf(desk, mark);
    if (!mark || !frame) return;
    const made = how(pixelsOf(mark), frame);
    if (made) changeMask(desk.acts, mark, made, words);
    else desk.say(gone);
  };
}

export const MASK_COMMANDS: readonly Command[] = [
  { id: 'masks.smaller', title: 'Smaller brush', group: 'Masks', keys: ['['], repeats: true, run: resize(-1) },
  { id: 'masks.larger', title: 'Larger brush', group: 'Masks', keys: [']'], repeats: true, run: resize(1) },
  {
    id: 'masks.between',
    title: "Fill between the finding's masks",
    group: 'Masks',
    keys: ['Shift+F'],
    run: fillBetween,
  },
  { id: 'masks.from_contour', title: 'Contour to mask', group: 'Masks', keys: ['Shift+M'], run: toMask },
  { id: 'masks.to_contour', title: 'Mask to contour', group: 'Masks', keys: ['Shift+O'], run: toContour },
  {
    id: 'masks.grow',
    title: 'Grow the mask by a pixel',
    group: 'Masks',
    keys: ['}'],
    repeats: true,
    run: change('grow mask', grown, ''),
  },
  {
    id: 'masks.shrink',
    title: 'Shrink the mask by a pixel',
    group: 'Masks',
    keys: ['{'],
    repeats: true,
    run: change('shrink mask', shrunk, 'Nothing would be left of this mask.'),
  },
];
