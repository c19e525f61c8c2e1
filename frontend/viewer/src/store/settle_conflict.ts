/** What becomes of a record that was changed in two places. */
import { newId } from '../api/identifiers';
import type { RecordKind } from './records';
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
  const mine = kind === 'annotation' ? records.get(kind, id) : undefined;
  // Undoing what was done to it here would overwrite the state that is taken over.
  journal.forget(kind, id);
  queue.settle(kind, id, 'theirs');
  if (choice === 'theirs' || !mine) return;
  const copy = { ...mine, id: newId(), provenance: 'drawn' as const, revision: 0 };
  workspace.commit('keep both', [{ kind: 'annotation', id: copy.id, state: copy }]);
}
