import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchingSlice, shareSpace } from './linked_scroll';
import type { StackJson } from './pictures';

type Six = [number, number, number, number, number, number];
const AXIAL: Six = [1, 0, 0, 0, 1, 0];
let made = 0;

function stack(facts: {
  slices: number;
  step?: number;
  start?: number;
  orientation?: Six | null;
  space?: number;
  kind?: 'volume' | 'cine';
  laterality?: string;
}): StackJson {
  const { slices, step = 5, start = 0, orientation = AXIAL, space = 1, kind = 'volume', laterality = '' } = facts;
  const o = orientation ?? AXIAL;
  const normal = [o[1] * o[5] - o[2] * o[4], o[2] * o[3] - o[0] * o[5], o[0] * o[4] - o[1] * o[3]] as const;
  const frames = Array.from({ length: slices }, (_, at) => ({
    geometry: { orientation, position: orientation && normal.map((n) => n * (start + at * step)) },
  }));
  made += 1;
  return { key: `s${made}`, kind, frame_of_reference: space, laterality, frames } as unknown as StackJson;
}

describe('linked scrolling', () => {
  it('goes to the same slice of the same stack', () => {
    const one = stack({ slices: 30 });
    expect(matchingSlice(one, 17, one)).toBe(17);
  });

  it('goes to the same place in the patient within one frame of reference', () => {
    const thick = stack({ slices: 20, step: 5 });
    const thin = stack({ slices: 200, step: 0.5, start: 10 });
    expect(shareSpace(thick, thin)).toBe(true);
    expect(matchingSlice(thick, 4, thin)).toBe(20);
    expect(matchingSlice(thin, 20, thick)).toBe(4);
    expect(matchingSlice(thick, 0, thin)).toBe(0);
    expect(matchingSlice(thin, 199, thick)).toBe(19);
  });

  it('finds the place where the other stack counts the other way', () => {
    const up = stack({ slices: 11, step: 5 });
    const down = stack({ slices: 11, step: 5, start: -50, orientation: [1, 0, 0, 0, -1, 0] });
    expect([0, 3, 10].map((at) => matchingSlice(up, at, down))).toEqual([10, 7, 0]);
  });

  it('goes by share of the stack between two spaces, two directions or without positions', () => {
    const now = stack({ slices: 101, space: 1 });
    const earlier = stack({ slices: 51, space: 2 });
    const coronal = stack({ slices: 51, orientation: [1, 0, 0, 0, 0, -1] });
    const unplaced = stack({ slices: 51, orientation: null, space: 0 });
    for (const other of [earlier, coronal, unplaced]) {
      expect(shareSpace(now, other)).toBe(false);
      expect(matchingSlice(now, 40, other)).toBe(20);
    }
  });

  it('counts heights above the detector alike in both breasts', () => {
    // Mirrored oblique views: the normals of right and left MLO differ in their x alone.
    const h = Math.SQRT1_2;
    const right = stack({ slices: 41, orientation: [0, 1, 0, h, 0, -h], space: 1, laterality: 'R' });
    const left = stack({ slices: 41, orientation: [0, -1, 0, -h, 0, -h], space: 2, laterality: 'L' });
    expect(matchingSlice(right, 10, left)).toBe(10);
    const turned = stack({ slices: 41, orientation: [0, 1, 0, -h, 0, -h], space: 3, laterality: 'L' });
    expect(matchingSlice(right, 10, turned)).toBe(30);
  });

  it('stays within the other stack, and comes back within half a step of the coarser one', () => {
    const stacks = fc.record({
      slices: fc.integer({ min: 1, max: 300 }),
      step: fc.double({ min: 0.3, max: 10, noNaN: true }),
      space: fc.integer({ min: 0, max: 1 }),
      kind: fc.constantFrom('volume' as const, 'cine' as const),
    });
    fc.assert(
      fc.property(stacks, stacks, fc.integer({ min: -5, max: 305 }), (a, b, at) => {
        const [from, to] = [stack(a), stack(b)];
        const index = matchingSlice(from, at, to);
        expect(Number.isInteger(index)).toBe(true);
        expect(index).toBeGreaterThanOrEqual(0);
        expect(index).toBeLessThan(to.frames.length);
        const reaches = a.step * (a.slices - 1) <= b.step * (b.slices - 1);
        if (at < 0 || at >= a.slices || !shareSpace(from, to) || !reaches) return;
        const away = Math.abs(matchingSlice(to, index, from) - at);
        expect(away).toBeLessThanOrEqual(Math.ceil(b.step / 2 / a.step) + 1);
      }),
    );
  });

  it('never goes back when the reader goes on', () => {
    const slices = fc.integer({ min: 2, max: 200 });
    fc.assert(
      fc.property(slices, slices, fc.integer({ min: 0, max: 1 }), (n, m, space) => {
        const [from, to] = [stack({ slices: n, space }), stack({ slices: m, space, step: 2 })];
        const path = Array.from({ length: n }, (_, at) => matchingSlice(from, at, to));
        expect(path.every((index, at) => at === 0 || index >= (path[at - 1] as number))).toBe(true);
      }),
    );
  });
});
