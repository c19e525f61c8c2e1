/**
 * How long a case is on the page: whatever reaches beyond the case's own elements ends with it.
 *
 * Cases follow each other on one page. A listener on the window is added with `signal`, a timer that comes again, an
 * observer or a subscription to something that stays is put away in `atEnd`; else ten cases leave ten of them behind.
 */
export class Lifetime {
  private readonly controller = new AbortController();
  private readonly endings: (() => void)[] = [];

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get over(): boolean {
    return this.signal.aborted;
  }

  /** Done when the case is left, the latest first; at once when it has been left already. */
  atEnd(run: () => void): void {
    if (this.over) run();
    else this.endings.push(run);
  }

  end(): void {
    if (this.over) return;
    this.controller.abort();
    for (const run of this.endings.splice(0).reverse()) run();
  }
}
