/**
 * How long a reader attends to a case: counts while the window is in front and a hand was on mouse or keys a moment
 * ago. Tells the server now and then; what it tells only grows, so that a lost or doubled word does no harm.
 */

export interface ClockWorld {
  /** Milliseconds, never going back. */
  now(): number;
  /** The window is in front and visible. */
  attended(): boolean;
}

/** Nobody looks at a picture longer than this without moving. */
export const IDLE_MS = 60_000;
const TELL_EVERY_MS = 15_000;

export class ReadingClock {
  private activeMs = 0;
  private last: number;
  private touched: number;
  private told = 0;
  private toldAt: number;

  /**
   * @param tell sends the seconds so far; `leaving` when the page is about to go.
   */
  constructor(
    private readonly world: ClockWorld,
    private readonly tell: (seconds: number, leaving: boolean) => void,
  ) {
    this.last = world.now();
    this.touched = this.last;
    this.toldAt = this.last;
  }

  /** The reader did something. */
  touch(): void {
    this.tick();
    this.touched = this.world.now();
  }

  get running(): boolean {
    return this.world.attended() && this.world.now() - this.touched < IDLE_MS;
  }

  get seconds(): number {
    return this.activeMs / 1000;
  }

  /** Count what has passed; call it at least every second, and whenever attention changes. */
  tick(): void {
    const now = this.world.now();
    const until = Math.min(now, this.touched + IDLE_MS);
    // Attention that ended between two ticks was there for most of a second: what is counted is never more than a tick.
    if (this.world.attended() && until > this.last) this.activeMs += until - this.last;
    this.last = now;
    if (now - this.toldAt >= TELL_EVERY_MS) this.report(false);
  }

  /** Tell the server, when there is something new to tell. */
  report(leaving: boolean): void {
    this.toldAt = this.world.now();
    const seconds = Math.round(this.seconds * 10) / 10;
    if (seconds === this.told) return;
    this.told = seconds;
    this.tell(seconds, leaving);
  }
}

export function clockWords(seconds: number): string {
  const whole = Math.floor(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = String(whole % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}
