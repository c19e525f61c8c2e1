/** Brings changes to the outbox, one write at a time, and knows which of them are safe there. */
import type { KeptChange } from './change';
import type { Clock } from './clock';
import { type Outbox, OutboxError } from './outbox';

const TRY_AGAIN_MS = 10_000;

export class Keeper {
  /** Why changes are not kept, in words; null while they are. */
  trouble: string | null = null;
  /** What is to be written next: a change, or null to take it out. */
  private due = new Map<string, KeptChange | null>();
  private writing: ReadonlyMap<string, KeptChange | null> = new Map();
  private readonly stored = new Set<string>();
  private readonly listeners = new Set<() => void>();
  private busy = false;
  private timer: number | null = null;

  constructor(
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Keep a change; one with the same identifier is written over. */
  put(change: KeptChange): void {
    this.due.set(change.id, change);
    this.begin();
  }

  /** What lies in the outbox already, brought there by a former page. */
  found(id: string): void {
    this.stored.add(id);
  }

  forget(id: string): void {
    if (this.stored.has(id) || this.writing.has(id)) this.due.set(id, null);
    else this.due.delete(id);
    this.begin();
  }

  /** Whether closing the page now would not lose this change. */
  keeps(id: string): boolean {
    return this.stored.has(id) && !this.due.has(id) && !this.writing.has(id);
  }

  private begin(): void {
    if (this.busy) return;
    this.busy = true;
    // What one act changes is written together.
    queueMicrotask(() => void this.work());
  }

  private async work(): Promise<void> {
    if (this.timer !== null) this.clock.cancel(this.timer);
    this.timer = null;
    while (this.due.size > 0) {
      const batch = this.due;
      this.writing = batch;
      this.due = new Map();
      try {
        await this.write(batch);
      } catch (error) {
        // A newer state of a change that could not be written goes before the older one.
        this.due = new Map([...batch, ...this.due]);
        this.writing = new Map();
        await this.makeRoom();
        this.busy = false;
        this.trouble = error instanceof OutboxError ? error.message : String(error);
        this.timer = this.clock.after(TRY_AGAIN_MS, () => this.begin());
        this.announce();
        return;
      }
    }
    this.busy = false;
    this.announce();
  }

  private announce(): void {
    for (const listener of this.listeners) listener();
  }

  /** Where there is no room to write, what the server has confirmed can still go. */
  private async makeRoom(): Promise<void> {
    const gone = [...this.due].filter(([, change]) => change === null).map(([id]) => id);
    if (gone.length === 0) return;
    try {
      await this.outbox.write([], gone);
    } catch {
      return; // tried again with the rest
    }
    for (const id of gone) {
      this.stored.delete(id);
      if (this.due.get(id) === null) this.due.delete(id);
    }
  }

  private async write(batch: ReadonlyMap<string, KeptChange | null>): Promise<void> {
    const put = [...batch.values()].filter((change) => change !== null);
    const gone = [...batch].filter(([, change]) => change === null).map(([id]) => id);
    await this.outbox.write(put, gone);
    for (const { id } of put) this.stored.add(id);
    for (const id of gone) this.stored.delete(id);
    this.writing = new Map();
    this.trouble = null;
  }
}
