import { describe, expect, it } from 'vitest';
import { sinceInput, spareRequests } from './spare_time';

describe('spare time', () => {
  it('is none while the reader does something', () => {
    expect(spareRequests(100, 10_000)).toBe(0);
    expect(spareRequests(1000, 100)).toBe(0);
  });

  it('is little while a cine plays by itself, and all of it when everything rests', () => {
    expect(spareRequests(5000, 20)).toBe(1);
    expect(spareRequests(5000, 5000)).toBe(3);
  });

  it('begins with the last key, press, turn or drag; a mouse that only moves counts for nothing', () => {
    let clock = 1000;
    const target = new EventTarget();
    const since = sinceInput(target, () => clock);
    expect(since()).toBe(Number.POSITIVE_INFINITY);
    target.dispatchEvent(new Event('keydown'));
    clock = 1400;
    target.dispatchEvent(Object.assign(new Event('pointermove'), { buttons: 0 }));
    expect(since()).toBe(400);
    target.dispatchEvent(Object.assign(new Event('pointermove'), { buttons: 1 }));
    expect(since()).toBe(0);
  });
});
