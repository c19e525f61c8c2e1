import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { clockWords, IDLE_MS, ReadingClock } from './reading_clock';

class World {
  at = 1000;
  front = true;
  now = () => this.at;
  attended = () => this.front;
}

describe('the reading clock', () => {
  let world: World;
  let told: [number, boolean][];
  let clock: ReadingClock;

  beforeEach(() => {
    world = new World();
    told = [];
    clock = new ReadingClock(world, (seconds, leaving) => told.push([seconds, leaving]));
  });

  const pass = (seconds: number): void => {
    for (let i = 0; i < seconds; i++) {
      world.at += 1000;
      clock.tick();
    }
  };

  it('counts while the window is in front and a hand moves', () => {
    pass(5);
    clock.touch();
    pass(5);
    expect(clock.seconds).toBe(10);
    expect(clock.running).toBe(true);
  });

  it('stands still while another window is in front', () => {
    pass(5);
    world.front = false;
    pass(100);
    expect(clock.running).toBe(false);
    world.front = true;
    clock.touch();
    pass(2);
    expect(clock.seconds).toBe(7);
  });

  it('stops a minute after the last movement, and does not count the pause when the reader comes back', () => {
    pass(300);
    expect(clock.seconds).toBe(IDLE_MS / 1000);
    expect(clock.running).toBe(false);
    clock.touch();
    pass(1);
    expect(clock.seconds).toBe(IDLE_MS / 1000 + 1);
  });

  it('tells every quarter of a minute, and once more at the end, but never the same twice', () => {
    pass(31);
    expect(told).toEqual([
      [15, false],
      [30, false],
    ]);
    clock.report(true);
    clock.report(true);
    expect(told.at(-1)).toEqual([31, true]);
    expect(told).toHaveLength(3);
  });

  it('never counts more than has passed, and never goes back', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 100_000 }), fc.boolean(), fc.boolean()), { maxLength: 60 }),
        (steps) => {
          const here = new World();
          const one = new ReadingClock(here, () => undefined);
          let before = 0;
          for (const [ms, front, moves] of steps) {
            here.at += ms;
            one.tick();
            here.front = front;
            if (moves) one.touch();
            expect(one.seconds).toBeGreaterThanOrEqual(before);
            expect(one.seconds).toBeLessThanOrEqual((here.at - 1000) / 1000);
            before = one.seconds;
          }
        },
      ),
    );
  });
});

describe('its words', () => {
  it('are minutes and seconds, and hours when there are any', () => {
    expect([clockWords(0), clockWords(65.9), clockWords(3661)]).toEqual(['0:00', '1:05', '1:01:01']);
  });
});
