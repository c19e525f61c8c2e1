/** What the reader does to the records: every act is one step of the journal and is saved. */
import type { SaveQueue } from '../save/queue';
import { type Change, Journal } from './journal';
import { type AnyRecord, contentOf, type RecordKind, type Records, type RecordTypes } from './records';

export interface Edit<K extends RecordKind = RecordKind> {
  kind: K;
  id: string;
  /** The new state, or null to delete. */
  state: RecordTypes[K] | null;
}

export class Workspace {
  readonly journal = new Journal();
  /** Called before changes are saved, with the records changed already: what is computed from others goes along. */
  onChanged: (changes: readonly Change[]) => void = () => undefined;
  /** Called after changes were applied, undone and redone ones too. */
  onApplied: (changes: readonly Change[]) => void = () => undefined;

  constructor(
    readonly records: Records,
    readonly queue: SaveQueue,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /**
   * Apply edits as one step that can be undone as one.
   *
   * Steps with the same `mergeKey` that follow fast on one another are one; with the same `savingKey` they are saved
   * as one, after a pause. Without one they go out at once.
   */
  commit(
    words: string,
    edits: readonly Edit[],
    mergeKey: string | null = null,
    savingKey: string | null = mergeKey,
  ): void {
    const changes: Change[] = [];
    for (const { kind, id, state } of edits) {
      const current = this.records.get(kind, id);
      const before = current && !current.deleted ? current : null;
      if (state === null && before === null) continue;
      if (state && before && contentOf(state) === contentOf(before)) continue;
      changes.push({ kind, id, before, after: state });
    }
    if (changes.length === 0) return;
    this.journal.record(words, changes, mergeKey, this.now());
    this.apply(changes, savingKey);
  }

  /** The server's state of a record stands in the place of one of this page: that can be undone, too. */
  tookOver(words: string, kind: RecordKind, before: AnyRecord): void {
    const after = this.records.get(kind, before.id);
    // What is gone elsewhere, and decisions, which the server ties to its own marks, don't come back by this.
    if (!after || after.deleted || kind === 'decision') return;
    const change: Change = { kind, id: before.id, before: before.deleted ? null : before, after };
    this.journal.record(words, [change], null, this.now());
  }

  /** Records that the server made at the reader's wish: they are there already, and taking them back is one step. */
  cameFromServer(words: string, changes: readonly Change[]): void {
    this.journal.record(words, changes, null, this.now());
    for (const { kind, after } of changes) if (after) this.records.put(kind, after as never);
  }

  undo(): string | null {
    const step = this.journal.undo();
    if (step) this.apply(step.changes);
    return step?.words ?? null;
  }

  redo(): string | null {
    const step = this.journal.redo();
    if (step) this.apply(step.changes);
    return step?.words ?? null;
  }

  private apply(changes: readonly Change[], mergeKey: string | null = null): void {
    for (const { kind, id, after } of changes) {
      const current = this.records.get(kind, id);
      if (after === null) {
        if (current) this.records.put(kind, { ...current, deleted: true } as never);
      } else {
        this.records.put(kind, withServerFields(after, current) as never);
      }
    }
    this.onChanged(changes);
    // Accepting a suggestion makes its mark on the server, and taking that back deletes it there: only the decision goes.
    const madeByServer = new Set(
      changes.flatMap(({ kind, after, before }) =>
        kind === 'decision' ? [markOf(after), markOf(before)].filter((mark) => mark !== null) : [],
      ),
    );
    this.queue.take(
      changes.filter(({ kind, id }) => kind !== 'annotation' || !madeByServer.has(id)),
      mergeKey,
    );
    this.onApplied(changes);
  }
}

/** The state to go to, on top of the revision that the server last told: an old revision would be a conflict. */
function withServerFields(state: AnyRecord, current: AnyRecord | undefined): AnyRecord {
  if (!current) return { ...state, deleted: false };
  const merged = { ...state, revision: current.revision, deleted: false } as Record<string, unknown>;
  const known = current as unknown as Record<string, unknown>;
  for (const name of ['number', 'score', 'owner', 'updated_at', 'size_mm', 'size_source'])
    if (name in known) merged[name] = known[name];
  return merged as unknown as AnyRecord;
}

function markOf(record: AnyRecord | null): string | null {
  return record && 'decision' in record ? record.annotation : null;
}
