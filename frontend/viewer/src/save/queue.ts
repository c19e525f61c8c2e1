/**
 * Saving: every change goes to the server at once, one request at a time a record, until the server has it.
 *
 * A change is kept in the outbox meanwhile, is sent again while the server can't be reached, and stops at a refusal
 * or a conflict, which the reader sees while the other records go on. The server knows a change by its identifier,
 * so sending again is saving once. Nothing that the reader made is dropped here without the reader's word.
 */
import { newId } from '../api/identifiers';
import { type Address, type AnyRecord, addressOf, type RecordKind, type Records, splitAddress } from '../store/records';
import type { KeptChange } from './change';
import type { Clock } from './clock';
import type { Keeper } from './keeper';
import { Line } from './line';
import { byRecord, headOf, type Log, Logs, newestOf, type Pending } from './logs';
import type { Outcome } from './outcome';
import { baseAfter, isSame, isUnlinked } from './revisions';
import type { Conflict, Refusal, Send } from './sending';
import { Standing } from './standing';
import type { SaveSummary } from './summary';

/** Typing is saved in pauses of this length, and at least so often. */
const PAUSE_MS = 300;
const LONGEST_WAIT_MS = 700;
/** Requests under way at once: the server takes one reader's changes in turn, so more would only wait there. */
const AT_ONCE = 4;
const LONGEST_BACKOFF_MS = 60_000;

export class SaveQueue {
  private readonly logs = new Logs();
  private readonly line: Line;
  private readonly standing: Standing;
  private readonly listeners = new Set<() => void>();
  private readonly goneOnServer = new Set<Address>();
  /** Findings that this page deleted, whether they came back or not. */
  private readonly deletedFindings = new Set<string>();
  private later: KeptChange[] = [];
  private underWay = 0;
  private lastStep = 0;
  private wakeTimer: number | null = null;
  private readonly leaveKeeper: () => void;
  /** Called when the server says that the reading can't be changed any more. */
  onClosed: (message: string) => void = () => undefined;

  constructor(
    readonly caseId: string,
    private readonly records: Records,
    private readonly keeper: Keeper,
    private readonly send: Send,
    private readonly clock: Clock,
  ) {
    this.leaveKeeper = keeper.subscribe(() => this.announce());
    this.line = new Line(clock, () => this.probe());
    this.standing = new Standing(this.logs, keeper, this.line);
  }

  /** Its case is left, with everything saved. */
  end(): void {
    this.leaveKeeper();
    this.listeners.clear();
  }

  /** A record changed: keep it, and save it soon. */
  touch(kind: RecordKind, id: string, mergeKey: string | null = null): void {
    this.take([{ kind, id }], mergeKey);
  }

  /** Records changed by one act: keep them, and save them soon. */
  take(touched: readonly { kind: RecordKind; id: string }[], mergeKey: string | null = null): void {
    const step = this.nextStep();
    for (const { kind, id } of touched) {
      const record = this.records.get(kind, id);
      if (record) this.add(kind, record, step, mergeKey);
    }
    this.announce();
    this.pump();
  }

  /** Changes that a page which is gone left unsent: show them, and send them. Returns how many there were. */
  adopt(found: readonly KeptChange[]): number {
    let count = 0;
    for (const change of found) this.keeper.found(change.id);
    for (const [address, changes] of byRecord(found)) {
      const first = changes[0] as KeptChange;
      const last = changes.at(-1) as KeptChange;
      if (this.logs.get(address)) {
        // This page is changing the same record: that goes first, and what was left may then be a conflict.
        this.later.push(...changes);
        continue;
      }
      const known = this.records.get(first.kind, first.record.id);
      // The revision stays the one that the change was made on, so that a newer one elsewhere is a conflict.
      const log = this.logs.open(address, first.record.revision, known !== undefined && !known.deleted);
      const now = this.clock.now();
      log.changes = changes.map((change) => ({ ...change, mergeKey: null, madeAt: now, dueAt: now, sent: true }));
      this.lastStep = Math.max(this.lastStep, last.step);
      this.records.put(first.kind, { ...known, ...last.record } as never);
      count += changes.length;
    }
    this.announce();
    this.pump();
    return count;
  }

  waits(address: Address): boolean {
    return this.logs.get(address) !== undefined;
  }

  trouble(kind: RecordKind, id: string): ReturnType<Standing['trouble']> {
    return this.standing.trouble(kind, id);
  }

  conflicts(): Conflict[] {
    return this.standing.conflicts();
  }

  refusals(): Refusal[] {
    return this.standing.refusals();
  }

  /** The reader decided a conflict: keep what is on this page, or take what the server has. */
  settle(kind: RecordKind, id: string, choice: 'mine' | 'theirs'): void {
    const log = this.logs.get(addressOf(kind, id));
    if (log?.phase !== 'conflict') return;
    const { current } = log;
    if (choice === 'theirs') {
      this.drop(log);
      if (current) this.records.put(kind, current as never);
    } else {
      const local = newestOf(log).record;
      this.drop(log);
      const revision = current?.revision ?? 0;
      if (current?.deleted) this.goneOnServer.add(log.address);
      this.records.put(kind, { ...local, revision } as never);
      this.touch(kind, id);
    }
    this.announce();
    this.pump();
  }

  /** The reader gives up what the server refused; `current` is what is there instead, null: nothing. */
  giveUp(kind: RecordKind, id: string, current: AnyRecord | null): void {
    const log = this.logs.get(addressOf(kind, id));
    if (log?.phase !== 'refused') return;
    const local = newestOf(log).record;
    this.drop(log);
    // A suggestion is open again; of anything else the server has nothing.
    const nothing = kind === 'decision' ? { decision: null, annotation: null } : { deleted: true, revision: 0 };
    this.records.put(kind, (current ?? { ...local, ...nothing }) as never);
    this.announce();
    this.pump();
  }

  /** Try everything that waits, now: the network is back, the reader asks for it, or the page is about to close. */
  flush(keepalive = false): void {
    const now = this.clock.now();
    for (const log of this.logs.all) for (const change of log.changes) change.dueAt = Math.min(change.dueAt, now);
    if (keepalive) for (const log of this.logs.sendable(now)) void this.attempt(log, true);
    else if (this.line.state === 'open') this.pump();
    else this.probe();
  }

  /** Resolves when nothing is under way or can go; refusals, conflicts and what a closed line holds may remain. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        const goesOn =
          this.line.state === 'open' && this.logs.all.some((log) => log.failures === 0 && this.logs.moves(log));
        if (this.underWay > 0 || goesOn) return;
        this.listeners.delete(look);
        resolve();
      };
      this.listeners.add(look);
      look();
    });
  }

  summary(): SaveSummary {
    return this.standing.summary(this.later.length);
  }

  /** Why the browser keeps no changes, in words; null while it does. */
  get storageTrouble(): string | null {
    return this.keeper.trouble;
  }

  /** What the server said when it last could not take anything. */
  get lineMessage(): string {
    return this.line.message;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private add(kind: RecordKind, record: AnyRecord, step: number, mergeKey: string | null): void {
    const address = addressOf(kind, record.id);
    const log = this.logs.open(address, record.revision, record.revision > 0 && !this.goneOnServer.has(address));
    const isOfServer = kind === 'decision' || ('provenance' in record && record.provenance === 'suggestion');
    const isUnheardOf = log.phase === 'refused' || log.changes.every((change) => !change.sent);
    if (record.deleted && log.base === 0 && !isOfServer && isUnheardOf) {
      this.drop(log); // the server never heard of it
      return;
    }
    const now = this.clock.now();
    const last = log.changes.at(-1);
    if (last && !last.sent && mergeKey !== null && last.mergeKey === mergeKey) {
      last.record = record;
      last.dueAt = Math.min(now + PAUSE_MS, last.madeAt + LONGEST_WAIT_MS);
      this.keep(log, last);
      return;
    }
    if (log.phase === 'refused') {
      // The new state goes instead of what the server did not take.
      for (const change of log.changes.splice(0)) this.keeper.forget(change.id);
      log.phase = 'waiting';
      log.message = '';
    }
    const dueAt = mergeKey === null ? now : now + PAUSE_MS;
    const change: Pending = {
      id: newId(),
      case: this.caseId,
      kind,
      record,
      step,
      mergeKey,
      madeAt: now,
      dueAt,
      sent: false,
    };
    log.changes.push(change);
    this.keep(log, change);
  }

  private keep(log: Log, { id, kind, record, step }: Pending): void {
    const isFirst = headOf(log).id === id;
    const kept = isFirst ? ({ ...record, revision: log.base } as AnyRecord) : record;
    this.keeper.put({ id, case: this.caseId, kind, record: kept, step });
  }

  /** Steps grow with time, so that what two pages left behind has an order. */
  private nextStep(): number {
    this.lastStep = Math.max(this.lastStep + 1, Date.now());
    return this.lastStep;
  }

  private drop(log: Log): void {
    for (const { id } of log.changes) this.keeper.forget(id);
    this.logs.close(log.address);
    this.takeLater();
  }

  private takeLater(): void {
    if (this.later.length === 0) return;
    const left = this.later;
    this.later = [];
    this.adopt(left);
  }

  private pump(): void {
    if (this.line.state !== 'open') return;
    const now = this.clock.now();
    if (this.underWay < AT_ONCE) {
      for (const log of this.logs.sendable(now).slice(0, AT_ONCE - this.underWay)) void this.attempt(log, false);
    }
    const next = this.logs.nextDue(now);
    if (this.wakeTimer !== null) this.clock.cancel(this.wakeTimer);
    this.wakeTimer = next === null ? null : this.clock.after(next - now, () => this.pump());
  }

  /** While the line is closed one change at a time asks whether it is open again. */
  private probe(): void {
    if (this.underWay > 0) return;
    const [first] = this.logs.sendable(Number.POSITIVE_INFINITY);
    if (first) void this.attempt(first, false);
    else this.line.opened();
  }

  private async attempt(log: Log, keepalive: boolean): Promise<void> {
    const change = headOf(log);
    const { kind } = change;
    log.phase = 'saving';
    change.sent = true;
    this.underWay += 1;
    this.announce();
    const record = { ...change.record, revision: log.base } as AnyRecord;
    const outcome = await this.send({ kind, record, change: change.id, keepalive });
    this.underWay -= 1;
    this.receive(log, change, outcome);
    this.announce();
    this.pump();
  }

  private receive(log: Log, change: Pending, outcome: Outcome): void {
    log.phase = 'waiting';
    if (outcome.type === 'unreachable' || outcome.type === 'signed-out' || outcome.type === 'full') {
      this.line.closed(outcome.type, outcome.message);
      return;
    }
    this.line.opened();
    if (outcome.type === 'failed') {
      change.dueAt = this.clock.now() + Math.min(LONGEST_BACKOFF_MS, 1000 * 2 ** log.failures);
      log.failures += 1;
      log.message = outcome.message;
      return;
    }
    log.failures = 0;
    if (outcome.type === 'saved') this.confirm(log, change, outcome);
    else if (outcome.type === 'conflict') this.conflict(log, outcome.current, outcome.message);
    else this.refuse(log, change, outcome);
  }

  private confirm(log: Log, change: Pending, outcome: Extract<Outcome, { type: 'saved' }>): void {
    const { kind } = change;
    const { record: saved, mark, refreshed = [] } = outcome;
    log.changes.shift();
    this.keeper.forget(change.id);
    if (saved) {
      log.base = baseAfter(log.base, change, saved);
      log.live = !saved.deleted;
      if (kind === 'finding' && saved.deleted) this.deletedFindings.add(saved.id);
      if (saved.deleted) this.goneOnServer.add(log.address);
      else this.goneOnServer.delete(log.address);
      this.records.merge(kind, saved as never, log.changes.length > 0);
    }
    if (mark) this.learn('annotation', mark);
    this.records.rescore(refreshed);
    const next = log.changes[0];
    if (next) {
      // Written together with the removal of the one before it: its revision is the one that it builds on from now.
      this.keep(log, next);
    } else {
      this.logs.close(log.address);
      this.takeLater();
    }
  }

  /** What the server made by itself. */
  private learn(kind: RecordKind, record: AnyRecord): void {
    const log = this.logs.get(addressOf(kind, record.id));
    if (log) {
      log.base = record.revision;
      log.live = !record.deleted;
      this.keep(log, headOf(log));
    }
    this.goneOnServer.delete(addressOf(kind, record.id));
    this.records.merge(kind, record as never, log !== undefined || this.records.get(kind, record.id)?.deleted === true);
  }

  private conflict(log: Log, current: AnyRecord | null, message: string): void {
    const mine = newestOf(log).record;
    if (current && isSame(current, mine)) {
      this.drop(log); // both made the same of it
      this.records.merge(splitAddress(log.address).kind, current as never, false);
      return;
    }
    const known = this.records.ofServer(log.address);
    if (current && known && isUnlinked(known, current) && this.hasDeleted(known)) {
      // Not changed elsewhere: the server took the mark out of a finding that this page deleted.
      log.base = current.revision;
      this.keep(log, headOf(log));
      return;
    }
    if (current?.deleted && log.base === 0) {
      // Made anew where one was deleted before: an answer has the same identifier each time.
      log.base = current.revision;
      this.goneOnServer.add(log.address);
      this.keep(log, headOf(log));
      return;
    }
    log.phase = 'conflict';
    log.message = message;
    log.current = current;
  }

  private hasDeleted(record: AnyRecord): boolean {
    const finding = 'finding' in record ? record.finding : null;
    return finding !== null && this.deletedFindings.has(finding);
  }

  private refuse(log: Log, change: Pending, outcome: { type: 'refused' | 'closed'; message: string }): void {
    if (outcome.type === 'closed') this.onClosed(outcome.message);
    log.message = outcome.message;
    if (log.changes.length > 1) {
      // What came after it says all that the reader wants of this record.
      log.changes.shift();
      this.keeper.forget(change.id);
      if (log.base === 0 && headOf(log).record.deleted) this.drop(log);
      else this.keep(log, headOf(log));
      return;
    }
    log.phase = 'refused';
  }

  private announce(): void {
    for (const listener of this.listeners) listener();
  }
}
