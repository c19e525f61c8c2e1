/** What a reader does with marks that exist: words, locks, shifts, copies, cuts and unions; each one step of undo. */
import { roundPoint } from '../model/contour';
import type { Point } from '../model/pictures';
import type { Annotation } from '../model/reading';
import type { Acts } from './acts';
import { withoutDrawn } from './drawn_answers';
import type { Edit } from './workspace';

/** A mark that this reader may change now; null for another's, a locked one, or a reading that is closed. */
export function changeable(acts: Acts, id: string | null): Annotation | null {
  const mark = id ? acts.workspace.records.get('annotation', id) : undefined;
  return mark && !mark.deleted && !mark.locked && acts.mayEdit && acts.isMine(mark) ? mark : null;
}

/** Give a mark its words; letters typed in a row are one step. */
export function labelMark(acts: Acts, id: string, label: string): void {
  const mark = acts.workspace.records.get('annotation', id);
  if (!mark || mark.deleted || !acts.mayEdit || !acts.isMine(mark)) return;
  acts.workspace.commit('write on mark', [{ kind: 'annotation', id, state: { ...mark, label } }], `label ${id}`);
}

/** Lock a mark, or unlock it. */
export function lockMark(acts: Acts, id: string, locked: boolean): void {
  const mark = acts.workspace.records.get('annotation', id);
  if (!mark || mark.deleted || !acts.mayEdit || !acts.isMine(mark)) return;
  acts.workspace.commit(locked ? 'lock mark' : 'unlock mark', [{ kind: 'annotation', id, state: { ...mark, locked } }]);
}

/** Shift a mark; shifts in a row are one step. */
export function shiftMark(acts: Acts, id: string, points: readonly Point[]): void {
  const mark = changeable(acts, id);
  if (!mark) return;
  const state = { ...mark, points: points.map(roundPoint) };
  acts.workspace.commit(`move ${mark.kind}`, [{ kind: 'annotation', id, state }], `shift ${id}`);
}

/** Delete marks as one step; those that may not be changed stay. */
export function deleteMarks(acts: Acts, ids: readonly (string | null)[]): void {
  const marks = ids.map((id) => changeable(acts, id)).filter((mark) => mark !== null);
  const [first] = marks;
  if (!first) return;
  const words = marks.length === 1 ? `delete ${first.kind}` : `delete ${marks.length} marks`;
  acts.workspace.commit(words, [
    ...marks.map((mark): Edit => ({ kind: 'annotation', id: mark.id, state: null })),
    ...withoutDrawn(
      acts,
      marks.map((mark) => mark.id),
    ),
  ]);
  acts.ui.set({ selectedMark: null, alsoSelected: [] });
}
