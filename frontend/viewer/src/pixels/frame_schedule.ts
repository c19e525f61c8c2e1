/**
 * Which frame is fetched next: what a reader waits for first, then what each pane's plan asks for, in turn, and when all
 * of that is there and there is time to spare, what the next case will ask for.
 */

/** How soon it is looked again whether there is time to spare. */
const LOOK_AGAIN_MS = 300;

export class FrameSchedule {
  private urgent: string[] = [];
  private readonly plans = new Map<string, string[]>();
  private readonly running = new Set<string>();
  private readonly runningSpare = new Set<string>();
  private turn = 0;
  private spare: string[] = [];
  private whenSpare: (() => void) | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = Number.NEGATIVE_INFINITY;

  /**
   * @param start fetches one frame; never rejects.
   * @param has whether a frame is there already or has failed for good.
   * @param spareRequests how many requests that nobody waits for may run at once, by the milliseconds since a pane
   *   last asked for something.
   */
  constructor(
    private readonly start: (key: string) => Promise<void>,
    private readonly has: (key: string) => boolean,
    private readonly limit: () => number = () => 12,
    private readonly spareRequests: (sinceAsked: number) => number = () => 0,
  ) {}

  /** Fetch these when all that panes want is there and there is time to spare; replaces what was to come later. */
  later(keys: readonly string[]): void {
    this.spare = [...keys];
    this.pump();
  }

  /** Run something once as soon as there is time to spare; null takes it back. */
  atLeisure(run: (() => void) | null): void {
    this.whenSpare = run;
    this.pump();
  }

  /** A reader looks at this one: before everything else; the newest wish first. */
  want(key: string): void {
    this.asked = performance.now();
    this.urgent = [key, ...this.urgent.filter((k) => k !== key)].slice(0, 16);
    this.pump();
  }

  /** Replace what a pane would like to have, nearest first. */
  plan(pane: string, keys: readonly string[]): void {
    this.asked = performance.now();
    this.plans.set(pane, [...keys]);
    this.pump();
  }

  drop(pane: string): void {
    this.plans.delete(pane);
  }

  get inFlight(): number {
    return this.running.size;
  }

  isRunning(is: (key: string) => boolean): boolean {
    return [...this.running].some(is);
  }

  /** What is under way or still to come, for the next case too. */
  get outstanding(): number {
    const planned = [...this.plans.values()].reduce((sum, plan) => sum + plan.length, 0);
    return this.running.size + this.urgent.length + planned + this.spare.length + (this.whenSpare ? 1 : 0);
  }

  private next(): string | null {
    for (let key = this.urgent.shift(); key; key = this.urgent.shift()) {
      if (!this.running.has(key) && !this.has(key)) return key;
    }
    const plans = [...this.plans.values()];
    for (let tried = 0; tried < plans.length; tried++) {
      const plan = plans[this.turn++ % plans.length] as string[];
      for (let key = plan.shift(); key; key = plan.shift()) {
        if (!this.running.has(key) && !this.has(key)) return key;
      }
    }
    return null;
  }

  private pump(): void {
    // Two places stay free for what the reader may ask for next.
    while (this.running.size < this.limit() + (this.urgent.length > 0 ? 2 : 0)) {
      const key = this.next();
      if (key === null) break;
      this.run(key);
    }
    this.useSpareTime();
  }

  private run(key: string): void {
    this.running.add(key);
    void this.start(key).then(() => {
      this.running.delete(key);
      this.runningSpare.delete(key);
      this.pump();
    });
  }

  private useSpareTime(): void {
    clearTimeout(this.timer);
    if (this.spare.length === 0 && !this.whenSpare) return;
    const most = this.spareRequests(performance.now() - this.asked);
    if (this.running.size > this.runningSpare.size || most <= this.runningSpare.size) {
      this.timer = setTimeout(() => this.pump(), LOOK_AGAIN_MS);
      return;
    }
    const run = this.whenSpare;
    this.whenSpare = null;
    run?.();
    while (this.runningSpare.size < most) {
      const key = this.spare.shift();
      if (key === undefined) return;
      if (this.running.has(key) || this.has(key)) continue;
      this.runningSpare.add(key);
      this.run(key);
    }
  }
}
