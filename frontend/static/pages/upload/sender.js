// Sends an intake's files, three at a time, and tries again while the connection is away.

import { Refused } from "./api.js";

const AT_ONCE = 3;
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30000;

export class Sender extends EventTarget {
  /** `load(name)` gives the File, or null when the browser has it no more. */
  constructor(api, intake, load) {
    super();
    this.api = api;
    this.intake = intake;
    this.load = load;
    this.sizes = new Map();
    this.sent = new Set();
    this.failed = new Map();
    this.underway = new Map();
    this.waiting = [];
    this.workers = 0;
    this.pause = null;
    this.stopped = null;
  }

  /** What has arrived already counts as sent. */
  noteArrived(name, size) {
    this.sizes.set(name, size);
    this.sent.add(name);
  }

  add(name, size) {
    this.failed.delete(name);
    this.sizes.set(name, size);
    this.waiting.push(name);
  }

  start() {
    this.stopped = null;
    while (this.workers < AT_ONCE && this.waiting.length) {
      this.workers += 1;
      this.#work();
    }
    this.#tell();
  }

  /** Don't wait for the next try. */
  tryNow() {
    this.pause?.wake();
  }

  retryFailed() {
    for (const [name] of this.failed) this.add(name, this.sizes.get(name));
    this.start();
  }

  get isIdle() {
    return this.workers === 0 && !this.waiting.length;
  }

  get totals() {
    const sum = (names) => [...names].reduce((bytes, name) => bytes + (this.sizes.get(name) ?? 0), 0);
    const moving = [...this.underway.values()].reduce((bytes, sent) => bytes + sent, 0);
    const bytes = sum(this.sizes.keys());
    return {
      files: this.sizes.size,
      filesDone: this.sent.size,
      bytes,
      bytesDone: Math.min(bytes, sum(this.sent) + moving),
    };
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }

  async #work() {
    while (this.waiting.length && !this.stopped) {
      const name = this.waiting.shift();
      await this.#sendOne(name);
      this.#tell();
    }
    this.workers -= 1;
    this.#tell();
    if (this.isIdle && !this.stopped) this.dispatchEvent(new Event("idle"));
  }

  async #sendOne(name) {
    for (let wait = FIRST_WAIT; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
      try {
        await this.#attempt(name);
        this.sent.add(name);
        this.dispatchEvent(new CustomEvent("sent", { detail: name }));
        return;
      } catch (error) {
        this.underway.delete(name);
        if (error instanceof Refused && error.isSignedOut) {
          this.waiting.unshift(name);
          this.stopped = error;
          return;
        }
        if (!(error instanceof Refused && error.isPassing)) {
          this.failed.set(name, error.message);
          return;
        }
        await this.#waitAWhile(wait);
      }
    }
  }

  async #attempt(name) {
    const file = await this.load(name);
    if (!file) throw new Error("The browser no longer has this file. Drop it again.");
    await readable(file);
    this.underway.set(name, 0);
    await this.api.send(this.intake, name, file, (bytes) => {
      this.underway.set(name, Math.min(bytes, file.size));
      this.#tell();
    });
    this.underway.delete(name);
  }

  /** All three wait on one pause, so that one button ends it for all. */
  async #waitAWhile(milliseconds) {
    if (!this.pause) {
      const pause = { until: Date.now() + milliseconds };
      pause.over = new Promise((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        pause.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.pause = pause;
      this.#tell();
      pause.over.then(() => {
        this.pause = null;
        this.#tell();
      });
    }
    await this.pause.over;
  }
}

/** A file that was moved or a stick that was pulled out fails here with words, not later as a lost connection. */
async function readable(file) {
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch {
    throw new Error("It can't be read: was it moved, or the disk removed?");
  }
}
