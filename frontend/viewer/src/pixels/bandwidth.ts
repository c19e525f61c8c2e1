/** How fast the line is, and whether the reader wants small pictures first. */

const KEY = 'reading-room/low-bandwidth';
/** A CT slice of 200 kB takes half a second then. */
const SLOW_BYTES_A_SECOND = 400_000;
/** What is measured is forgotten by half after so much time of loading. */
const MEMORY_MS = 10_000;
const ENOUGH_MS = 4_000;

export class Bandwidth {
  private active = 0;
  private since = 0;
  private busyMs = 0;
  private bytes = 0;
  private wanted: boolean;
  private offered = false;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly storage: Pick<Storage, 'getItem' | 'setItem'>,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.wanted = storage.getItem(KEY) === 'yes';
  }

  /** Small pictures first. */
  get low(): boolean {
    return this.wanted;
  }

  set low(low: boolean) {
    this.wanted = low;
    this.offered = true;
    try {
      this.storage.setItem(KEY, low ? 'yes' : 'no');
    } catch {
      // Remembered until the page is closed.
    }
    for (const listener of this.listeners) listener();
  }

  /** Bytes a second while something was loading; null before enough has come. */
  get measured(): number | null {
    return this.busyMs < ENOUGH_MS ? null : (1000 * this.bytes) / this.busyMs;
  }

  /** Once a page: the line is slow, and nobody has said yet what to do about it. */
  takeOffer(): boolean {
    const { measured } = this;
    if (this.offered || this.wanted || measured === null || measured >= SLOW_BYTES_A_SECOND) return false;
    this.offered = true;
    return true;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** A request for a picture begins. */
  began(): void {
    if (this.active++ === 0) this.since = this.now();
  }

  /** It has ended with so many bytes; 0 when it failed. */
  ended(bytes: number): void {
    const now = this.now();
    this.busyMs += now - this.since;
    this.since = now;
    this.active -= 1;
    this.bytes += bytes;
    if (this.busyMs > MEMORY_MS) {
      this.busyMs /= 2;
      this.bytes /= 2;
    }
    for (const listener of this.listeners) listener();
  }
}
