/** What tests of saving share: time turned by hand, a browser's outbox and a server of a few lines. */
import type { Annotation, Finding } from '../model/reading';
import { type AnyRecord, addressOf, contentOf } from '../store/records';
import type { KeptChange } from './change';
import type { Clock } from './clock';
import { type Outbox, OutboxError } from './outbox';
import type { Outcome } from './outcome';
import type { Sending } from './sending';

export async function settle(): Promise<void> {
  for (let i = 0; i < 40; i++) await Promise.resolve();
}

export class TestClock implements Clock {
  time = 0;
  private timers: { id: number; at: number; run: () => void }[] = [];
  private last = 0;
  now = (): number => this.time;
  after = (ms: number, run: () => void): number => {
    this.timers.push({ id: ++this.last, at: this.time + ms, run });
    return this.last;
  };
  cancel = (id: number): void => {
    this.timers = this.timers.filter((t) => t.id !== id);
  };
  async pass(ms: number): Promise<void> {
    const end = this.time + ms;
    await settle();
    for (;;) {
      const due = this.timers.filter((t) => t.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.cancel(due.id);
      this.time = due.at;
      due.run();
      await settle();
    }
    this.time = end;
    await settle();
  }
}

/** A browser's outbox: what is in it outlives the page. */
export class MemoryOutbox implements Outbox {
  readonly changes = new Map<string, KeptChange>();
  full = false;

  async write(put: readonly KeptChange[], remove: readonly string[]): Promise<void> {
    if (this.full && put.length > 0) throw new OutboxError('the browser has no room left');
    for (const id of remove) this.changes.delete(id);
    for (const change of put) this.changes.set(change.id, structuredClone(change));
  }

  get left(): KeptChange[] {
    return [...this.changes.values()];
  }
}

/** Saves as the real one does: a change counts once, and builds on the state that its sender saw. */
export class TestServer {
  readonly records = new Map<string, AnyRecord>();
  readonly log: Sending[] = [];
  private readonly seen = new Set<string>();

  save({ kind, record, change }: Sending): Outcome {
    const address = addressOf(kind, record.id);
    const current = this.records.get(address) ?? null;
    if (current && this.seen.has(`${address} ${change}`)) return { type: 'saved', record: current };
    if (current && contentOf(current) === contentOf(record)) return { type: 'saved', record: current };
    if ((current?.revision ?? 0) !== record.revision) return { type: 'conflict', current, message: 'changed' };
    const finding = 'finding' in record && !record.deleted ? record.finding : null;
    if (finding && this.records.get(addressOf('finding', finding))?.deleted !== false) {
      return { type: 'refused', message: `no finding ${finding}` };
    }
    const saved = { ...record, revision: record.revision + 1 } as AnyRecord;
    this.records.set(address, saved);
    this.seen.add(`${address} ${change}`);
    this.log.push({ kind, record, change, keepalive: false });
    if (kind === 'finding' && record.deleted) this.unlink(record.id);
    return { type: 'saved', record: saved };
  }

  /** Marks stay without their finding, each with a new revision. */
  private unlink(finding: string): void {
    for (const [address, record] of this.records) {
      if (!('points' in record) || record.finding !== finding || record.deleted) continue;
      this.records.set(address, { ...record, finding: null, revision: record.revision + 1 });
    }
  }
}

export const mark = (change: Partial<Annotation> = {}): Annotation => ({
  id: 'm',
  case: 'c',
  frame: 'f',
  kind: 'box',
  points: [
    [1, 1],
    [5, 5],
  ],
  finding: null,
  label: '',
  provenance: 'drawn',
  first_frame: null,
  last_frame: null,
  mask: null,
  locked: false,
  revision: 0,
  deleted: false,
  owner: 'reader',
  ...change,
});

export const finding = (change: Partial<Finding> = {}): Finding => ({
  id: 'F',
  case: 'c',
  kind: 'nodule',
  number: 0,
  name: '',
  revision: 0,
  deleted: false,
  owner: 'reader',
  ...change,
});
