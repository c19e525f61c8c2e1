/** Playing a stack: by its own frame times, or ten slices a second, at a speed the reader chooses. */
import type { Pane } from './pane';

export const SPEEDS = [0.25, 0.5, 1, 2, 4] as const;
const SLICES_PER_SECOND = 10;
const LONGEST_STEP_MS = 2000;

export class Cine {
  speed = 1;
  private timer: number | null = null;

  constructor(
    private readonly pane: Pane,
    private readonly changed: () => void,
  ) {}

  get playing(): boolean {
    return this.timer !== null;
  }

  toggle(): void {
    if (this.playing) this.stop();
    else if (this.pane.count > 1) {
      this.timer = 0;
      this.wait(performance.now());
    }
    this.changed();
  }

  stop(): void {
    if (this.timer !== null) window.clearTimeout(this.timer);
    this.timer = null;
    this.changed();
  }

  setSpeed(speed: number): void {
    this.speed = speed;
    this.changed();
  }

  /** Milliseconds for which the current frame stays. */
  private get stay(): number {
    const time = this.pane.targetFrame?.geometry.frame_time_ms ?? 1000 / SLICES_PER_SECOND;
    return Math.min(LONGEST_STEP_MS, Math.max(1, time / this.speed));
  }

  private wait(since: number): void {
    const due = since + this.stay;
    this.timer = window.setTimeout(() => this.advance(due), Math.max(0, due - performance.now()));
  }

  private advance(due: number): void {
    const count = this.pane.count;
    if (count < 2) {
      this.stop();
      return;
    }
    // Never ahead of the pictures: a frame that is still loading is waited for.
    if (this.pane.loading) {
      this.timer = window.setTimeout(() => this.advance(performance.now()), 15);
      return;
    }
    this.pane.goTo((this.pane.target + 1) % count);
    // A late frame is not caught up with a burst.
    this.wait(Math.max(due, performance.now() - this.stay));
  }
}
