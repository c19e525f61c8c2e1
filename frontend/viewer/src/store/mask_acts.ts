/** Acts on masks; each is one step of undo. */
import { newId } from '../api/identifiers';
import { SHAPES } from '../marks/shapes';
import { type Bitmap, union } from '../masks/bitmap';
import { partsOf } from '../masks/components';
import { filledPolygon } from '../masks/polygon_fill';
import { bitmapOf, shapeOf } from '../masks/runs';
import { roundPoint } from '../model/contour';
import type { Point } from '../model/pictures';
import type { Annotation, MarkKind, MaskRuns } from '../model/reading';
import type { Acts } from './acts';
import type { Edit } from './workspace';

/** What a mark is made of, apart from where it lies and what it shows. */
export interface Drawn {
  kind: MarkKind;
  points: readonly Point[];
  mask?: MaskRuns | null;
}

export type MaskMark = Annotation & { mask: MaskRuns };

export function isMask(mark: Annotation | undefined): mark is MaskMark {
  return mark?.kind === 'mask' && mark.mask !== null && !mark.deleted;
}

export function pixelsOf(mark: MaskMark): Bitmap {
  return bitmapOf(mark.points, mark.mask);
}

/** The selected mask, when it lies on this frame; else the one of the selected finding that does. */
export function maskOnFrame(acts: Acts, frame: string): MaskMark | null {
  const { selectedMark, selectedFinding } = acts.ui.now;
  const { records } = acts.workspace;
  const selected = selectedMark ? records.get('annotation', selectedMark) : undefined;
  if (isMask(selected) && selected.frame === frame && acts.isMine(selected)) return selected;
  if (!selectedFinding) return null;
  return masksOf(acts, selectedFinding).findLast((mark) => mark.frame === frame) ?? null;
}

/** The reader's own masks of a finding. */
export function masksOf(acts: Acts, finding: string): MaskMark[] {
  return acts.workspace.records
    .live('annotation')
    .filter((mark): mark is MaskMark => mark.finding === finding && isMask(mark) && acts.isMine(mark));
}

/** Give a mask other pixels; with none left it is deleted. */
export function changeMask(acts: Acts, mark: MaskMark, bitmap: Bitmap | null, words: string): void {
  if (mark.locked) return;
  if (!bitmap) {
    acts.deleteMark(mark.id);
    return;
  }
  const { points, mask } = shapeOf(bitmap);
  acts.changeMark(mark.id, points, words, { mask });
  acts.ui.set({
    selectedMark: mark.id,
    selectedSuggestion: null,
    ...(mark.finding ? { selectedFinding: mark.finding } : {}),
  });
}

/** Put other marks in a mark's place: same frame, same finding, same origin. Returns their identifiers. */
export function replaceMark(acts: Acts, id: string, drawn: readonly Drawn[], words: string): string[] {
  const mark = acts.workspace.records.get('annotation', id);
  if (!mark || mark.deleted || mark.locked || !acts.mayEdit || !acts.isMine(mark) || drawn.length === 0) return [];
  const made = drawn.map((one) => ({ ...copyOf(mark, one), provenance: mark.provenance }));
  acts.workspace.commit(words, [{ kind: 'annotation', id, state: null }, ...made.map(asEdit)]);
  acts.ui.set({ selectedMark: made[0]?.id ?? null, alsoSelected: [] });
  return made.map((one) => one.id);
}

/** Add masks to the finding of a mask, on other frames. */
export function addMasksLike(
  acts: Acts,
  mark: MaskMark,
  added: readonly { frame: string; bitmap: Bitmap }[],
  words: string,
): void {
  if (!acts.mayEdit || !acts.isMine(mark)) return;
  const made = added.map(({ frame, bitmap }) => ({ ...copyOf(mark, { kind: 'mask', ...shapeOf(bitmap) }), frame }));
  acts.workspace.commit(words, made.map(asEdit));
}

/** Make the parts of a mask masks of their own. Returns what to tell the reader. */
export function splitIntoParts(acts: Acts, mark: MaskMark): string {
  const parts = partsOf(pixelsOf(mark));
  if (parts.length < 2) return 'This mask is in one part. The eraser (Shift+E) cuts it.';
  replaceMark(
    acts,
    mark.id,
    parts.map((part) => ({ kind: 'mask', ...shapeOf(part) })),
    'split mask',
  );
  return `${parts.length} masks, one for each part.`;
}

/** Join marks of one frame, at least one of them a mask, to one mask. Returns what to tell the reader. */
export function joinAsMask(acts: Acts, marks: readonly Annotation[]): string {
  const first = marks.find((mark) => isMask(mark));
  const stack = acts.manifest.stacks.find((s) => s.frames.some((f) => f.key === first?.frame));
  if (!first || !stack) return 'Choose a mask among the marks to be joined.';
  const frame = { column: 0, row: 0, columns: stack.columns, rows: stack.rows };
  const whole = marks
    .map((mark) => (isMask(mark) ? pixelsOf(mark) : filledPolygon(SHAPES[mark.kind].outline(mark.points), frame)))
    .filter((bitmap) => bitmap !== null)
    .reduce(union);
  const { points, mask } = shapeOf(whole);
  acts.workspace.commit(`merge ${marks.length} marks`, [
    asEdit({ ...first, points, mask }),
    ...marks.filter((mark) => mark !== first).map((mark): Edit => ({ kind: 'annotation', id: mark.id, state: null })),
  ]);
  acts.ui.set({ selectedMark: first.id, alsoSelected: [] });
  return `${marks.length} marks joined to one mask.`;
}

function copyOf(mark: Annotation, { kind, points, mask = null }: Drawn): Annotation {
  return {
    ...mark,
    id: newId(),
    kind,
    points: points.map(roundPoint),
    mask,
    locked: false,
    first_frame: null,
    last_frame: null,
    provenance: 'drawn',
    revision: 0,
  };
}

function asEdit(mark: Annotation): Edit {
  return { kind: 'annotation', id: mark.id, state: mark };
}
