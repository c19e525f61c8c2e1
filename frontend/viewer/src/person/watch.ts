/** The reading clock in the browser: what counts as attention, and when it is told. */
import type { Lifetime } from '../page/lifetime';
import { ReadingClock } from './reading_clock';

const SIGNS = ['pointermove', 'pointerdown', 'keydown', 'wheel'] as const;

/** @param tell sends the seconds of this sitting so far; `leaving` when nothing may follow. */
export function startClock(tell: (seconds: number, leaving: boolean) => void, lifetime: Lifetime): ReadingClock {
  const clock = new ReadingClock(
    { now: () => performance.now(), attended: () => document.hasFocus() && document.visibilityState === 'visible' },
    tell,
  );
  const { signal } = lifetime;
  for (const sign of SIGNS)
    window.addEventListener(sign, () => clock.touch(), { capture: true, passive: true, signal });
  for (const change of ['focus', 'blur']) window.addEventListener(change, () => clock.tick(), { signal });
  document.addEventListener('visibilitychange', () => clock.tick(), { signal });
  const end = (): void => {
    clock.tick();
    clock.report(true);
  };
  window.addEventListener('pagehide', end, { signal });
  const timer = window.setInterval(() => clock.tick(), 1000);
  lifetime.atEnd(() => {
    window.clearInterval(timer);
    end();
  });
  return clock;
}
