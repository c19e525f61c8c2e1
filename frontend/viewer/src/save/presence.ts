/** Which pages are alive: each holds a lock of its own name for as long as it lives, and the browser lets go of it. */

const NAME = 'reading-room/page/';

export function announcePage(page: string): void {
  void navigator.locks.request(NAME + page, () => new Promise(() => undefined));
}

/** Whether a page is gone, or goes while it is waited for: one that is reloaded takes a moment. */
export async function isGone(page: string, patienceMs: number): Promise<boolean> {
  try {
    const options = { signal: AbortSignal.timeout(patienceMs) };
    return await navigator.locks.request(NAME + page, options, () => Promise.resolve(true));
  } catch {
    return false;
  }
}

/** Calls back once the page is gone, at once if it is; only one of several waiting pages at a time is called. */
export function whenGone(page: string, then: () => Promise<void>): void {
  void navigator.locks.request(NAME + page, then).catch(() => undefined);
}
