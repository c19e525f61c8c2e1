/** Acts on masks; each is one step of undo. */
import { newId } from '../api/identifiers';
import type { Bitmap } from '../masks/bitmap';
import { bitmapOf, shapeOf } from '../masks/runs';
import { roundPoint } from '../model/contour';
import type { Annotation, MarkKind, MaskRuns, Point } from '../model/types';
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
  acts.ui.set({ selectedMark: made[0]?.id ?? null });
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
