/** Whether the server takes changes at the moment, and when to ask again. */
import type { Clock } from './clock';

export type LineState = 'open' | 'unreachable' | 'signed-out' | 'full';

/** First wait and longest wait between two attempts, doubled in between. */
const WAITS: Record<Exclude<LineState, 'open'>, readonly [first: number, longest: number]> = {
  unreachable: [500, 10_000],
  'signed-out': [2000, 15_000],
  full: [5000, 300_000],
};

export class Line {
  state: LineState = 'open';
  message = '';
  private failures = 0;
  private timer: number | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly tryAgain: () => void,
  ) {}

  opened(): void {
    this.state = 'open';
    this.message = '';
    this.failures = 0;
    this.stopWaiting();
  }

  /** An attempt failed for a reason that the next one would meet as well. */
  closed(state: Exclude<LineState, 'open'>, message: string): void {
    this.message = message;
    // Requests that were under way together fail together: that is one failure.
    if (this.state === state && this.timer !== null) return;
    if (this.state !== state) this.failures = 0;
    this.state = state;
    this.stopWaiting();
    const [first, longest] = WAITS[state];
    this.timer = this.clock.after(Math.min(longest, first * 2 ** this.failures), () => {
      this.timer = null;
      this.tryAgain();
    });
    this.failures += 1;
  }

  private stopWaiting(): void {
    if (this.timer !== null) this.clock.cancel(this.timer);
    this.timer = null;
  }
}
