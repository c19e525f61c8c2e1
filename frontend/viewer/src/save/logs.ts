/** The changes that the server has not confirmed, record by record, and which of them may go next. Sends nothing. */
import { type Address, type AnyRecord, addressOf } from '../store/records';
import { inOrder, isBefore, type KeptChange, pointsAt, waitsFor } from './change';

export type Phase = 'waiting' | 'saving' | 'refused' | 'conflict';

export interface Pending extends KeptChange {
  /** Changes with the same key that follow fast on one another (typing) are saved as one, until one was sent. */
  mergeKey: string | null;
  madeAt: number;
  dueAt: number;
  /** The server may have it. */
  sent: boolean;
}

export interface Log {
  address: Address;
  /** The server's revision that the first change builds on; 0: the server has no such record. */
  base: number;
  /** The server has the record, and not as a deleted one. */
  live: boolean;
  /** Oldest first; never empty. */
  changes: Pending[];
  phase: Phase;
  message: string;
  /** What the server has, of a conflict. */
  current: AnyRecord | null;
  failures: number;
}

export class Logs {
  private readonly byAddress = new Map<Address, Log>();

  get(address: Address): Log | undefined {
    return this.byAddress.get(address);
  }

  get all(): Log[] {
    return [...this.byAddress.values()];
  }

  get changes(): number {
    let count = 0;
    for (const log of this.byAddress.values()) count += log.changes.length;
    return count;
  }

  open(address: Address, base: number, live: boolean): Log {
    const known = this.byAddress.get(address);
    if (known) return known;
    const log: Log = { address, base, live, changes: [], phase: 'waiting', message: '', current: null, failures: 0 };
    this.byAddress.set(address, log);
    return log;
  }

  close(address: Address): void {
    this.byAddress.delete(address);
  }

  /** Logs whose first change may be sent, the oldest first. */
  sendable(now: number): Log[] {
    return this.all
      .filter((log) => log.phase === 'waiting' && headOf(log).dueAt <= now && !this.blocker(log))
      .sort((a, b) => inOrder(headOf(a), headOf(b)));
  }

  /** When the next change will be due; null when none waits for its time. */
  nextDue(now: number): number | null {
    let soonest: number | null = null;
    for (const log of this.byAddress.values()) {
      const { dueAt } = headOf(log);
      if (log.phase === 'waiting' && dueAt > now) soonest = Math.min(soonest ?? dueAt, dueAt);
    }
    return soonest;
  }

  /** Whether it can go without a word of the reader: it is not stuck, and nothing that it waits for is. */
  moves(log: Log): boolean {
    if (log.phase === 'refused' || log.phase === 'conflict') return false;
    const blocker = this.blocker(log);
    return !blocker || this.moves(blocker);
  }

  /** What has to be saved before the first change of a log; null when it may go. */
  private blocker(log: Log): Log | null {
    const head = headOf(log);
    for (const address of pointsAt(head)) {
      const other = this.byAddress.get(address);
      // A finding that the server has, and that stays, can be pointed at whatever else of it waits.
      const earlier = other?.changes.filter((change) => isBefore(change, head)) ?? [];
      if (other && earlier.length > 0 && (!other.live || earlier.some((change) => change.record.deleted))) return other;
    }
    if (!mayWait(head)) return null;
    for (const other of this.byAddress.values()) {
      if (other === log || other.phase === 'refused' || other.phase === 'conflict') continue;
      if (other.changes.some((change) => isBefore(change, head) && waitsFor(head, change))) return other;
    }
    return null;
  }
}

/** Most changes wait for no other record but those that they point at: spares looking through all of them. */
function mayWait(head: Pending): boolean {
  if (head.kind === 'finding') return head.record.deleted;
  return head.kind === 'decision' || ('provenance' in head.record && head.record.provenance === 'suggestion');
}

export function headOf(log: Log): Pending {
  return log.changes[0] as Pending;
}

export function newestOf(log: Log): Pending {
  return log.changes.at(-1) as Pending;
}

/** Changes found in the outbox, by record, the oldest first. */
export function byRecord(changes: readonly KeptChange[]): Map<Address, KeptChange[]> {
  const grouped = new Map<Address, KeptChange[]>();
  for (const change of [...changes].sort(inOrder)) {
    const address = addressOf(change.kind, change.record.id);
    grouped.set(address, [...(grouped.get(address) ?? []), change]);
  }
  return grouped;
}
