import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Cine } from './cine';
import type { Pane } from './pane';

/** A pane without a picture: the player asks for slices and waits while one loads. */
function paneOf(times: (number | null)[]) {
  const shown: { at: number; frame: number }[] = [];
  const pane = {
    stack: { frames: times.map((frame_time_ms) => ({ geometry: { frame_time_ms } })) },
    target: 0,
    count: times.length,
    loading: false,
    get targetFrame() {
      return this.stack.frames[this.target];
    },
    goTo(index: number) {
      this.target = index;
      shown.push({ at: Math.round(performance.now() - begun), frame: index });
    },
  };
  const begun = performance.now();
  return { pane: pane as unknown as Pane, state: pane, shown };
}

describe('playing', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    vi.stubGlobal('window', globalThis);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('keeps each frame as long as its own time says, round the end', () => {
    const { pane, shown } = paneOf([40, 100, 20]);
    new Cine(pane, () => undefined).toggle();
    vi.advanceTimersByTime(330);
    expect(shown).toEqual([
      { at: 40, frame: 1 },
      { at: 140, frame: 2 },
      { at: 160, frame: 0 },
      { at: 200, frame: 1 },
      { at: 300, frame: 2 },
      { at: 320, frame: 0 },
    ]);
  });

  it('follows the speed, shows two frames of one moment one after the other, and slices ten a second', () => {
    const fast = paneOf([100, 0, 50]);
    const cine = new Cine(fast.pane, () => undefined);
    cine.setSpeed(2);
    cine.toggle();
    vi.advanceTimersByTime(52);
    expect(fast.shown).toEqual([
      { at: 50, frame: 1 },
      { at: 51, frame: 2 },
    ]);
    cine.stop();
    const slices = paneOf([null, null, null]);
    new Cine(slices.pane, () => undefined).toggle();
    vi.advanceTimersByTime(210);
    expect(slices.shown.map((one) => one.at)).toEqual([100, 200]);
  });

  it('waits for a picture that is still loading and does not catch up with a burst', () => {
    const { pane, state, shown } = paneOf([40, 40, 40, 40]);
    new Cine(pane, () => undefined).toggle();
    vi.advanceTimersByTime(45);
    state.loading = true;
    vi.advanceTimersByTime(400);
    expect(shown.map((one) => one.frame)).toEqual([1]);
    state.loading = false;
    vi.advanceTimersByTime(100);
    const gaps = shown.slice(1).map((one, i) => one.at - (shown[i]?.at ?? 0));
    expect(gaps.slice(1).every((gap) => gap >= 20)).toBe(true);
    expect(shown.length).toBeLessThanOrEqual(4);
  });
});
