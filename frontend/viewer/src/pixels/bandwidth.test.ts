import { describe, expect, it } from 'vitest';
import { Bandwidth } from './bandwidth';

function setUp(kept: Record<string, string> = {}) {
  let clock = 0;
  const storage = {
    getItem: (key: string) => kept[key] ?? null,
    setItem: (key: string, value: string) => {
      kept[key] = value;
    },
  };
  const bandwidth = new Bandwidth(storage, () => clock);
  const load = (bytes: number, ms: number): void => {
    bandwidth.began();
    clock += ms;
    bandwidth.ended(bytes);
  };
  return { bandwidth, load, pass: (ms: number) => (clock += ms) };
}

describe('the measure of the line', () => {
  it('counts the time in which something loads, not the pauses', () => {
    const { bandwidth, load, pass } = setUp();
    load(100_000, 1000);
    expect(bandwidth.measured).toBe(null);
    pass(60_000);
    load(300_000, 4000);
    expect(bandwidth.measured).toBe(80_000);
  });

  it('counts requests that run together once', () => {
    const { bandwidth, load, pass } = setUp();
    bandwidth.began();
    bandwidth.began();
    pass(4000);
    bandwidth.ended(400_000);
    bandwidth.ended(400_000);
    expect(bandwidth.measured).toBe(200_000);
    load(0, 0);
  });

  it('offers small pictures once, and only on a slow line', () => {
    const slow = setUp();
    slow.load(1_000_000, 5000);
    expect([slow.bandwidth.takeOffer(), slow.bandwidth.takeOffer()]).toEqual([true, false]);
    const fast = setUp();
    fast.load(50_000_000, 5000);
    expect(fast.bandwidth.takeOffer()).toBe(false);
  });

  it('remembers what the reader chose, and does not offer it again', () => {
    const kept: Record<string, string> = {};
    const first = setUp(kept);
    first.bandwidth.low = true;
    const second = setUp(kept);
    second.load(1000, 5000);
    expect([second.bandwidth.low, second.bandwidth.takeOffer()]).toEqual([true, false]);
  });
});
