/**
 * Saving: every changed record goes to the server soon, one request at a time a record, until the server has it.
 *
 * A change waits for a short pause in editing (never longer than the limit), is kept in the outbox meanwhile, is
 * tried again while the server can't be reached, and stops at a refusal (400) or a conflict (409), which the
 * reader sees. Nothing that the reader made is dropped here without the reader's word.
 */
import {
  type Address,
  type AnyRecord,
  addressOf,
  RECORD_KINDS,
  type RecordKind,
  type Records,
  splitAddress,
} from '../store/records';
import type { Outbox } from './outbox';
import type { Outcome } from './outcome';

export type Send = (kind: RecordKind, record: AnyRecord, keepalive: boolean) => Promise<Outcome>;

export interface Clock {
  now(): number;
  after(ms: number, run: () => void): number;
  cancel(timer: number): void;
}

type Phase = 'waiting' | 'saving' | 'retrying' | 'refused' | 'conflict';

interface Item {
  phase: Phase;
  version: number;
  firstTouched: number;
  timer: number | null;
  attempts: number;
  message: string;
  current: AnyRecord | null;
}

export interface SaveSummary {
  state: 'saved' | 'saving' | 'unreachable' | 'signed-out' | 'refused' | 'conflict';
  words: string;
  unsaved: number;
}

const PAUSE_MS = 300;
const LONGEST_WAIT_MS = 700;
const LONGEST_BACKOFF_MS = 15_000;

export class SaveQueue {
  private readonly items = new Map<Address, Item>();
  private readonly listeners = new Set<() => void>();
  private signedOut = false;
  private storageFull = false;
  /** Called after a decision on a suggestion was saved: the server may have made or deleted a mark. */
  onDecisionSaved: () => void = () => undefined;

  constructor(
    private readonly records: Records,
    private readonly outbox: Outbox,
    private readonly send: Send,
    private readonly clock: Clock,
  ) {}

  /** A record changed: keep it, and save it soon. */
  touch(kind: RecordKind, id: string): void {
    const record = this.records.get(kind, id);
    if (!record) return;
    const address = addressOf(kind, id);
    this.storageFull = !this.outbox.keep(kind, record);
    const item = this.items.get(address) ?? this.newItem();
    item.version += 1;
    if (item.phase === 'refused') item.phase = 'waiting';
    item.message = item.phase === 'conflict' ? item.message : '';
    this.items.set(address, item);
    if (item.phase === 'waiting' || item.phase === 'retrying') {
      const waited = this.clock.now() - item.firstTouched;
      this.schedule(address, item, Math.max(0, Math.min(PAUSE_MS, LONGEST_WAIT_MS - waited)));
    }
    this.announce();
  }

  /** Changes that a former page left unsent: show them, and send them. Returns how many there were. */
  replay(): number {
    const kept = this.outbox.unsent();
    for (const { kind, record } of kept) {
      const known = this.records.get(kind, record.id);
      // The revision stays the one that the change was made on, so that a newer one elsewhere is a conflict.
      this.records.put(kind, known ? ({ ...known, ...record } as never) : (record as never));
      this.touch(kind, record.id);
    }
    return kept.length;
  }

  waits(address: Address): boolean {
    return this.items.has(address);
  }

  trouble(kind: RecordKind, id: string): { phase: 'refused' | 'conflict'; message: string } | null {
    const item = this.items.get(addressOf(kind, id));
    return item && (item.phase === 'refused' || item.phase === 'conflict')
      ? { phase: item.phase, message: item.message }
      : null;
  }

  conflicts(): { kind: RecordKind; id: string; current: AnyRecord | null; message: string }[] {
    return [...this.items]
      .filter(([, item]) => item.phase === 'conflict')
      .map(([address, item]) => ({ ...splitAddress(address), current: item.current, message: item.message }));
  }

  /** The reader decided a conflict: keep what is on this page, or take what the server has. */
  settle(kind: RecordKind, id: string, choice: 'mine' | 'theirs'): void {
    const address = addressOf(kind, id);
    const item = this.items.get(address);
    if (item?.phase !== 'conflict') return;
    const local = this.records.get(kind, id);
    if (choice === 'theirs') {
      this.items.delete(address);
      this.outbox.drop(address);
      if (item.current) this.records.put(kind, item.current as never);
    } else if (local) {
      this.records.put(kind, { ...local, revision: item.current?.revision ?? local.revision } as never);
      item.phase = 'waiting';
      item.current = null;
      this.touch(kind, id);
    }
    this.announce();
  }

  /** Try everything that waits, now: the network is back, or the page is about to close. */
  flush(keepalive = false): void {
    for (const address of this.inOrder()) {
      const item = this.items.get(address) as Item;
      if (item.phase === 'waiting' || item.phase === 'retrying') void this.attempt(address, keepalive);
    }
  }

  /** Resolves when nothing is waiting or under way; refusals and conflicts may remain. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (![...this.items.values()].some((i) => i.phase === 'waiting' || i.phase === 'saving')) {
          this.listeners.delete(look);
          resolve();
        }
      };
      this.listeners.add(look);
      look();
    });
  }

  summary(): SaveSummary {
    const phases = [...this.items.values()].map((item) => item.phase);
    const unsaved = phases.length;
    const count = (phase: Phase): number => phases.filter((p) => p === phase).length;
    if (count('conflict')) return { state: 'conflict', words: 'Conflict: changed elsewhere', unsaved };
    if (this.signedOut && unsaved) {
      return { state: 'signed-out', words: 'Not saved — signed out; sign in again in another tab', unsaved };
    }
    if (count('retrying')) {
      const kept = this.storageFull ? 'do not close this page' : 'kept in this browser';
      return { state: 'unreachable', words: `Not saved — retrying (${kept})`, unsaved };
    }
    if (count('waiting') + count('saving')) return { state: 'saving', words: 'Saving…', unsaved };
    if (unsaved) {
      return {
        state: 'refused',
        words: unsaved === 1 ? 'One change not accepted' : `${unsaved} changes not accepted`,
        unsaved,
      };
    }
    return { state: 'saved', words: 'All changes saved', unsaved: 0 };
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private newItem(): Item {
    return {
      phase: 'waiting',
      version: 0,
      firstTouched: this.clock.now(),
      timer: null,
      attempts: 0,
      message: '',
      current: null,
    };
  }

  private schedule(address: Address, item: Item, ms: number): void {
    if (item.timer !== null) this.clock.cancel(item.timer);
    item.timer = this.clock.after(ms, () => {
      item.timer = null;
      void this.attempt(address, false);
    });
  }

  private inOrder(): Address[] {
    const rank = (address: Address): number => {
      const { kind, id } = splitAddress(address);
      const deleted = this.records.get(kind, id)?.deleted ?? false;
      return deleted && kind === 'finding' ? RECORD_KINDS.length : RECORD_KINDS.indexOf(kind);
    };
    return [...this.items.keys()].sort((a, b) => rank(a) - rank(b));
  }

  /** A record may only go when what it points at is there, and a finding only when nothing points at it any more. */
  private blocked(kind: RecordKind, record: AnyRecord): boolean {
    const unsaved = (address: Address): boolean => {
      const item = this.items.get(address);
      return item !== undefined;
    };
    if (kind === 'finding') {
      if (!record.deleted) return false;
      return [...this.items].some(
        ([address, item]) =>
          (address.startsWith('annotation/') || address.startsWith('answer/')) &&
          (item.phase === 'waiting' || item.phase === 'saving' || item.phase === 'retrying'),
      );
    }
    const finding = 'finding' in record && record.finding ? this.records.get('finding', record.finding) : null;
    if (finding && !record.deleted && unsaved(addressOf('finding', finding.id)) && !finding.deleted) {
      if (finding.revision === 0 || this.items.get(addressOf('finding', finding.id))?.phase === 'saving') return true;
    }
    if (
      kind === 'annotation' &&
      'provenance' in record &&
      record.provenance === 'suggestion' &&
      record.revision === 0
    ) {
      return this.records
        .all('decision')
        .some((d) => d.annotation === record.id && unsaved(addressOf('decision', d.id)));
    }
    return false;
  }

  private async attempt(address: Address, keepalive: boolean): Promise<void> {
    const item = this.items.get(address);
    const { kind, id } = splitAddress(address);
    const record = this.records.get(kind, id);
    if (!item || !record || (item.phase !== 'waiting' && item.phase !== 'retrying')) return;
    if (this.blocked(kind, record)) return;
    if (item.timer !== null) this.clock.cancel(item.timer);
    item.timer = null;
    if (record.deleted && record.revision === 0 && kind !== 'decision' && item.attempts === 0) {
      this.finish(address, kind, record); // the server never heard of it
      return;
    }
    const version = item.version;
    item.phase = 'saving';
    this.announce();
    const outcome = await this.send(kind, record, keepalive);
    this.receive(address, item, record, version, outcome);
  }

  private receive(address: Address, item: Item, sent: AnyRecord, version: number, outcome: Outcome): void {
    const { kind } = splitAddress(address);
    const editedSince = item.version !== version;
    this.signedOut = outcome.type === 'signed-out';
    if (outcome.type === 'saved') {
      item.attempts = 0;
      if (outcome.record) this.records.merge(kind, outcome.record as never, editedSince);
      if (editedSince) {
        item.phase = 'waiting';
        item.firstTouched = this.clock.now();
        this.outbox.keep(kind, this.records.get(kind, sent.id) as AnyRecord);
        this.schedule(address, item, 0);
      } else {
        this.finish(address, kind, sent);
      }
      if (kind === 'decision') this.onDecisionSaved();
    } else if (outcome.type === 'refused') {
      item.message = outcome.message;
      item.phase = editedSince ? 'waiting' : 'refused';
      if (editedSince) this.schedule(address, item, PAUSE_MS);
    } else if (outcome.type === 'conflict') {
      item.phase = 'conflict';
      item.message = outcome.message;
      item.current = outcome.current;
    } else {
      item.phase = 'retrying';
      item.message = outcome.message;
      item.attempts += 1;
      this.schedule(address, item, Math.min(LONGEST_BACKOFF_MS, 500 * 2 ** (item.attempts - 1)));
    }
    this.announce();
  }

  private finish(address: Address, kind: RecordKind, sent: AnyRecord): void {
    this.items.delete(address);
    this.outbox.confirm(kind, sent);
    // What waited for this one may go now.
    for (const other of this.inOrder()) {
      const item = this.items.get(other) as Item;
      if (item.phase === 'waiting' && item.timer === null) void this.attempt(other, false);
    }
    this.announce();
  }

  private announce(): void {
    for (const listener of this.listeners) listener();
  }
}
