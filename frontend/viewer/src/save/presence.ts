/** Which pages are alive: each holds a lock of its own name for as long as it lives, and the browser lets go of it. */

const NAME = 'reading-room/page/';

export function announcePage(page: string): void {
  void navigator.locks.request(NAME + page, () => new Promise(() => undefined));
}

/** Calls back once the page is gone, at once if it is; only one of several waiting pages at a time is called. */
export function whenGone(page: string, then: () => Promise<void>): void {
  void navigator.locks.request(NAME + page, then).catch(() => undefined);
}
