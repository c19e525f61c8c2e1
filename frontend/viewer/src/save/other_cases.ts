/** Changes of cases that are not open on this page: what closed pages have left is sent from here. */
import { Records } from '../store/records';
import type { KeptChange } from './change';
import type { Clock } from './clock';
import type { Keeper } from './keeper';
import { SaveQueue } from './queue';
import type { Send } from './sending';
import type { SaveSummary } from './summary';

export interface OtherCase extends SaveSummary {
  case: string;
  /** Why it is not taken, where it is not. */
  message: string;
}

export class OtherCases {
  private readonly queues = new Map<string, SaveQueue>();

  constructor(
    private readonly keeper: Keeper,
    private readonly send: Send,
    private readonly clock: Clock,
    private readonly announce: () => void,
  ) {}

  take(changes: readonly KeptChange[]): void {
    for (const id of new Set(changes.map((change) => change.case))) {
      this.queueOf(id).adopt(changes.filter((change) => change.case === id));
    }
  }

  /** A case that is left while something of it waits. */
  keep(queue: SaveQueue): void {
    this.queues.set(queue.caseId, queue);
    queue.subscribe(this.announce);
  }

  /** The reader gives up what the server does not take of a case. */
  giveUp(caseId: string): void {
    const queue = this.queues.get(caseId);
    for (const { kind, id } of queue?.refusals() ?? []) queue?.giveUp(kind, id, null);
  }

  flush(keepalive = false): void {
    for (const queue of this.queues.values()) queue.flush(keepalive);
  }

  /** Cases of which something waits. */
  get waiting(): OtherCase[] {
    return [...this.queues]
      .map(([id, queue]) => ({ case: id, ...queue.summary(), message: queue.refusals()[0]?.message ?? '' }))
      .filter(({ unsaved }) => unsaved > 0);
  }

  private queueOf(id: string): SaveQueue {
    const known = this.queues.get(id);
    if (known) return known;
    const queue = new SaveQueue(id, new Records(), this.keeper, this.send, this.clock);
    queue.subscribe(this.announce);
    this.queues.set(id, queue);
    return queue;
  }
}
