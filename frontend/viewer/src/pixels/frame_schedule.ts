/** Which frame is fetched next: what a reader waits for first, then what each pane's plan asks for, in turn. */

export class FrameSchedule {
  private urgent: string[] = [];
  private readonly plans = new Map<string, string[]>();
  private running = new Set<string>();
  private turn = 0;

  /**
   * @param start fetches one frame; never rejects.
   * @param has whether a frame is there already or has failed for good.
   */
  constructor(
    private readonly start: (key: string) => Promise<void>,
    private readonly has: (key: string) => boolean,
    private readonly limit = 12,
  ) {}

  /** A reader looks at this one: before everything else; the newest wish first. */
  want(key: string): void {
    this.urgent = [key, ...this.urgent.filter((k) => k !== key)].slice(0, 16);
    this.pump();
  }

  /** Replace what a pane would like to have, nearest first. */
  plan(pane: string, keys: readonly string[]): void {
    this.plans.set(pane, [...keys]);
    this.pump();
  }

  drop(pane: string): void {
    this.plans.delete(pane);
  }

  get inFlight(): number {
    return this.running.size;
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
    while (this.running.size < (this.urgent.length > 0 ? this.limit + 2 : this.limit)) {
      const key = this.next();
      if (key === null) return;
      this.running.add(key);
      void this.start(key).then(() => {
        this.running.delete(key);
        this.pump();
      });
    }
  }
}
