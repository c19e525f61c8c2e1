/** Who settles what readers disagree about takes a reader's mark over: a copy of their own, which says so. */
import { idFor, newId } from '../api/identifiers';
import type { Annotation, Finding } from '../model/reading';
import type { Acts } from './acts';
import type { Edit } from './workspace';

/** A reader's mark that can be taken over; null for one's own, or where nobody settles anything. */
export function takeable(acts: Acts, id: string | null): Annotation | null {
  const mark = id ? acts.workspace.records.get('annotation', id) : undefined;
  const settles = acts.mayEdit && acts.review?.adjudicates === true;
  return mark && !mark.deleted && settles && !acts.isMine(mark) ? mark : null;
}

/** Copy a reader's mark as one's own, with the finding that it shows: one step of undo. Its identifier, or null. */
export function takeOver(acts: Acts, id: string | null): string | null {
  const mark = takeable(acts, id);
  if (!mark) return null;
  const { records } = acts.workspace;
  const edits: Edit[] = [];
  const theirs = mark.finding ? records.get('finding', mark.finding) : undefined;
  // The same finding for all marks that showed one: they belong together as they did.
  const finding = theirs ? idFor(acts.manifest.case.id, acts.person, 'taken over', theirs.id) : null;
  if (theirs && finding && records.get('finding', finding)?.deleted !== false) {
    const state: Finding = { ...acts.newFinding(theirs.kind), id: finding, name: theirs.name };
    edits.push({ kind: 'finding', id: finding, state });
  }
  const state: Annotation = {
    ...mark,
    id: newId(),
    finding,
    locked: false,
    provenance: 'taken_over',
    revision: 0,
    deleted: false,
    owner: acts.person,
  };
  edits.push({ kind: 'annotation', id: state.id, state });
  acts.workspace.commit('take mark over', edits);
  acts.ui.set({ selectedMark: state.id, selectedFinding: finding, selectedSuggestion: null });
  return state.id;
}
