/** When there is time for what nobody waits for: not while the reader does something, little while a cine plays. */

const HANDS_REST_MS = 500;
const PLAYS_BY_ITSELF_MS = 2000;

/**
 * How many requests of the next case may run at once.
 *
 * @param sinceInput milliseconds since the reader last pressed, turned or dragged something.
 * @param sinceAsked milliseconds since a pane last moved on.
 */
export function spareRequests(sinceInput: number, sinceAsked: number): number {
  if (sinceInput < HANDS_REST_MS) return 0;
  if (sinceAsked >= HANDS_REST_MS) return 3;
  return sinceInput >= PLAYS_BY_ITSELF_MS ? 1 : 0;
}

/** Milliseconds since the reader last did something with the page; moving the mouse about is nothing. */
export function sinceInput(target: EventTarget = window, now = () => performance.now()): () => number {
  let last = Number.NEGATIVE_INFINITY;
  const note = (event: Event): void => {
    if (event.type !== 'pointermove' || (event as PointerEvent).buttons !== 0) last = now();
  };
  for (const name of ['wheel', 'keydown', 'pointerdown', 'pointermove']) {
    target.addEventListener(name, note, { capture: true, passive: true });
  }
  return () => now() - last;
}
