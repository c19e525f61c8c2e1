/** Saving on one page: the open case's queue, what closed pages left behind, and when to try again. */
import { newId } from '../api/identifiers';
import type { Records } from '../store/records';
import { type KeepingKey, PageOutbox } from './browser_outbox';
import type { KeptChange } from './change';
import { PAGE_CLOCK } from './clock';
import { DraftOutbox } from './draft_outbox';
import { Keeper } from './keeper';
import { OtherCases } from './other_cases';
import { SaveQueue } from './queue';
import type { Send } from './sending';
import type { SaveSummary } from './summary';

/** How often pages that came meanwhile are looked for; what they leave is then handed over the moment they go. */
const LOOK_AGAIN_MS = 10_000;

export class PageSaving {
  readonly others: OtherCases;
  /** Marks that are drawn by several presses and not finished. */
  readonly drafts: DraftOutbox;
  private queue: SaveQueue | null = null;
  private takesChanges = false;
  private onFound: (count: number) => void = () => undefined;
  private readonly outbox: PageOutbox;
  private readonly keeper: Keeper;
  private readonly listeners = new Set<() => void>();
  private hasBegun = false;

  constructor(
    private readonly send: Send,
    keepingKey: () => Promise<KeepingKey>,
  ) {
    const page = newId();
    const key = onceGiven(keepingKey);
    this.outbox = new PageOutbox(key, page);
    this.drafts = new DraftOutbox(key, page);
    this.keeper = new Keeper(this.outbox, PAGE_CLOCK);
    this.others = new OtherCases(this.keeper, send, PAGE_CLOCK, () => this.announce());
  }

  /** The queue of the case that is opened now. */
  queueFor(caseId: string, records: Records): SaveQueue {
    const queue = new SaveQueue(caseId, records, this.keeper, this.send, PAGE_CLOCK);
    queue.subscribe(() => this.announce());
    // Cases are left with everything saved; a last answer may still have been a conflict.
    if (this.queue && this.queue.summary().unsaved > 0) this.others.keep(this.queue);
    else this.queue?.end();
    this.queue = queue;
    return queue;
  }

  /**
   * The case is on the page: take over what other pages left, now and whenever one closes, and go on when there is hope.
   *
   * `onFound` is called with the number of changes of this case that were found. A reading that is locked takes none:
   * they are sent all the same, and refused in words.
   */
  begin(takesChanges: boolean, onFound: (count: number) => void): void {
    this.takesChanges = takesChanges;
    this.onFound = onFound;
    if (this.hasBegun) return;
    this.hasBegun = true;
    const look = (): void => void this.outbox.watch((changes) => this.take(changes)).catch(() => undefined);
    look();
    window.setInterval(look, LOOK_AGAIN_MS);
    window.addEventListener('online', () => this.flush());
    window.addEventListener('focus', () => this.hasTrouble && this.flush());
  }

  /** Try everything that waits, now. */
  flush(keepalive = false): void {
    this.queue?.flush(keepalive);
    this.others.flush(keepalive);
  }

  /** Changes that closing this page would lose. */
  get unkept(): number {
    return this.others.waiting.reduce((sum, { unkept }) => sum + unkept, this.queue?.summary().unkept ?? 0);
  }

  /** Nothing is taken until this page's person signs in again. */
  get isSignedOut(): boolean {
    return this.states.includes('signed-out');
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private get states(): SaveSummary['state'][] {
    const own = this.queue ? [this.queue.summary().state] : [];
    return [...own, ...this.others.waiting.map(({ state }) => state)];
  }

  private get hasTrouble(): boolean {
    return this.isSignedOut || this.states.includes('unreachable');
  }

  private take(changes: KeptChange[]): void {
    const own = this.takesChanges ? changes.filter((change) => change.case === this.queue?.caseId) : [];
    const count = this.queue?.adopt(own) ?? 0;
    this.others.take(changes.filter((change) => !own.includes(change)));
    if (count > 0) this.onFound(count);
    this.announce();
  }

  private announce(): void {
    for (const listener of this.listeners) listener();
  }
}

/** Ask for the key once; again where it was not given. */
function onceGiven(ask: () => Promise<KeepingKey>): () => Promise<KeepingKey> {
  let given: Promise<KeepingKey> | null = null;
  return () => {
    given ??= ask().catch((error: unknown) => {
      given = null;
      throw error;
    });
    return given;
  };
}
