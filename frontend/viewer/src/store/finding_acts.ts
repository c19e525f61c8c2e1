/** Acts on findings beyond drawing; each is one step of undo. */

import type { Finding } from '../model/reading';
import type { Acts } from './acts';
import { numberOf } from './mark_looks';
import type { Edit } from './workspace';

/**
 * The finding that one key joins the mark to: the selected one, or where the mark is in that already the one that
 * was selected before, or the last one made.
 */
export function findingToJoin(acts: Acts, mark: string): Finding | null {
  const { selectedFinding, formerFinding } = acts.ui.now;
  const own = acts.workspace.records.get('annotation', mark)?.finding ?? null;
  const others = acts.myFindings.filter((f) => f.id !== own);
  const named = [selectedFinding, formerFinding].map((id) => others.find((f) => f.id === id));
  return named.find((f) => f !== undefined) ?? others.at(-1) ?? null;
}

/** Join marks to a finding as one step; null for a new one. Returns the finding, or null when nothing may change. */
export function joinMarks(acts: Acts, marks: readonly string[], finding: string | null): string | null {
  if (!acts.mayEdit) return null;
  const { records } = acts.workspace;
  const own = marks.map((id) => records.get('annotation', id)).filter((m) => m && !m.deleted && acts.isMine(m));
  if (own.length === 0) return null;
  const edits: Edit[] = [];
  let target = finding;
  if (target === null) {
    const made = acts.newFinding(acts.kindOfNext);
    edits.push({ kind: 'finding', id: made.id, state: made });
    target = made.id;
  }
  for (const mark of own)
    if (mark) edits.push({ kind: 'annotation', id: mark.id, state: { ...mark, finding: target } });
  acts.workspace.commit(own.length === 1 ? 'join mark' : `join ${own.length} marks`, edits);
  acts.ui.set({ selectedFinding: target });
  return target;
}

/** The finding with this number, as the panel shows it. */
export function findingNumbered(acts: Acts, number: number): Finding | null {
  const all = acts.myFindings;
  return all.find((f) => numberOf(f, all) === number) ?? null;
}

/** The finding before or after the selected one. */
export function neighbourFinding(acts: Acts, by: 1 | -1): Finding | null {
  const all = acts.myFindings;
  if (all.length === 0) return null;
  const at = all.findIndex((f) => f.id === acts.ui.now.selectedFinding);
  if (at < 0) return (by > 0 ? all[0] : all.at(-1)) ?? null;
  return all[(at + by + all.length) % all.length] ?? null;
}
