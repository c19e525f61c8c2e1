/** What becomes of a record that was changed in two places. */
import { newId } from '../api/identifiers';
import type { RecordKind, RecordTypes } from './records';
import type { Workspace } from './workspace';

/** Keep the state of this page, take the server's, or take the server's and keep this one as a mark of its own. */
export function settleConflict(
  workspace: Workspace,
  kind: RecordKind,
  id: string,
  choice: 'mine' | 'theirs' | 'both',
): void {
  const { records, journal, queue } = workspace;
  if (choice === 'mine') {
    queue.settle(kind, id, 'mine');
    return;
  }
  const here = records.get(kind, id);
  // Undoing what was done to it here step by step would overwrite the state that is taken over.
  journal.forget(kind, id);
  queue.settle(kind, id, 'theirs');
  if (choice === 'theirs') {
    if (here) workspace.tookOver('take the other one', kind, here);
    return;
  }
  const mine = kind === 'annotation' ? (here as RecordTypes['annotation'] | undefined) : undefined;
  if (!mine) return;
  const copy = { ...mine, id: newId(), provenance: 'drawn' as const, revision: 0 };
  workspace.commit('keep both', [{ kind: 'annotation', id: copy.id, state: copy }]);
}
