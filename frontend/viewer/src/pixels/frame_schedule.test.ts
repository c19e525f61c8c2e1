import { describe, expect, it, vi } from 'vitest';
import { FrameSchedule } from './frame_schedule';
import { forward, framesThatFit, outward } from './prefetch';

describe('the order of fetching', () => {
  it('goes outward from the current slice', () => {
    expect(outward(2, 6)).toEqual([2, 3, 1, 4, 0, 5]);
    expect(outward(0, 4, 3)).toEqual([0, 1, 2]);
  });

  it('goes round the end of a cine', () => {
    expect(forward(3, 5)).toEqual([3, 4, 0, 1, 2]);
  });

  it('shares the memory between panes', () => {
    expect(framesThatFit(1_000_000, 10_000, 4)).toBe(20);
    expect(framesThatFit(1_000, 10_000, 4)).toBe(3);
  });
});

describe('the schedule', () => {
  function setUp(limit: number, spare: (sinceAsked: number) => number = () => 0) {
    const began: string[] = [];
    const done = new Set<string>();
    const ends = new Map<string, () => void>();
    const schedule = new FrameSchedule(
      (key) => {
        began.push(key);
        return new Promise((resolve) =>
          ends.set(key, () => {
            done.add(key);
            resolve();
          }),
        );
      },
      (key) => done.has(key),
      () => limit,
      spare,
    );
    const end = async (key: string): Promise<void> => {
      ends.get(key)?.();
      await Promise.resolve();
      await Promise.resolve();
    };
    return { schedule, began, end };
  }

  it('keeps no more than its limit in flight', () => {
    const { schedule, began } = setUp(2);
    schedule.plan('a', ['1', '2', '3', '4']);
    expect(began).toEqual(['1', '2']);
  });

  it('starts what the reader looks at although the places are taken, before any plan', async () => {
    const { schedule, began, end } = setUp(2);
    schedule.plan('a', ['1', '2', '3', '4']);
    schedule.want('9');
    expect(began).toEqual(['1', '2', '9']);
    await end('1');
    await end('2');
    expect(began).toEqual(['1', '2', '9', '3']);
  });

  it('forgets a plan that was replaced by scrolling on, and takes panes in turn', async () => {
    const { schedule, began, end } = setUp(1);
    schedule.plan('a', ['1', '2', '3']);
    schedule.plan('a', ['7', '8']);
    schedule.plan('b', ['x', 'y']);
    await end('1');
    await end(began.at(-1) as string);
    await end(began.at(-1) as string);
    expect(began).not.toContain('2');
    expect(new Set(began.slice(1))).toEqual(new Set(['7', 'x', began.at(-1)]));
  });

  it('fetches for later only what nobody waits for, as much as there is time for', async () => {
    let spare = 2;
    const { schedule, began, end } = setUp(12, () => spare);
    schedule.plan('a', ['1', '2']);
    let leisure = 0;
    schedule.atLeisure(() => leisure++);
    schedule.later(['x', 'y', 'z']);
    await end('1');
    expect([began, leisure]).toEqual([['1', '2'], 0]);
    await end('2');
    expect([began, leisure]).toEqual([['1', '2', 'x', 'y'], 1]);
    spare = 0;
    await end('x');
    expect(began).toEqual(['1', '2', 'x', 'y']);
    schedule.want('3');
    expect(began.at(-1)).toBe('3');
    spare = 2;
    await end('3');
    expect(began.at(-1)).toBe('z');
  });

  it('looks again when there was no time, and drops what is taken back', () => {
    vi.useFakeTimers();
    let spare = 0;
    const { schedule, began } = setUp(12, () => spare);
    schedule.later(['x', 'y']);
    spare = 1;
    vi.advanceTimersByTime(1000);
    expect(began).toEqual(['x']);
    schedule.later([]);
    vi.advanceTimersByTime(1000);
    expect(began).toEqual(['x']);
    vi.useRealTimers();
  });
});
