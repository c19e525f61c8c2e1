import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Point, StackJson } from '../model/pictures';
import { spanAround, spanWords, startingSpan, strengthAt, withEnd } from './span';

const box = (width: number, height: number): Point[] => [
  [10, 10],
  [10 + width, 10 + height],
];

function stackOf(change: Partial<StackJson>, positions: (number | null)[], spacing: number | null): StackJson {
  return {
    kind: 'volume',
    modality: 'CT',
    ...change,
    frames: positions.map((z, i) => ({
      key: `f${i}`,
      geometry: {
        position: z === null ? null : [3, 4, z],
        orientation: [1, 0, 0, 0, 1, 0],
        spacing: spacing === null ? null : [spacing, spacing],
        spacing_source: spacing === null ? null : 'PixelSpacing',
        slice_thickness: null,
        regions: [],
        frame_time_ms: null,
      },
    })),
  } as unknown as StackJson;
}

describe('where a span starts', () => {
  const every5mm = Array.from({ length: 21 }, (_, i) => i * 5);

  it('in tomosynthesis is the square root of the mean side in stored pixels, whatever the spacing', () => {
    const views = stackOf(
      { modality: 'MG' },
      Array.from({ length: 60 }, () => null),
      null,
    );
    // Mean side 225 pixels: 15 slices, seven on either side.
    expect(startingSpan(views, 30, box(200, 250))).toMatchObject({ first: 23, last: 37 });
    expect(startingSpan(views, 2, box(200, 250))).toMatchObject({ first: 0, last: 9 });
  });

  it('in CT is the mean side in millimetres along the normal', () => {
    // 40 x 60 pixels of 0.5 mm: 25 mm, so 12.5 mm either way: two slices of 5 mm.
    expect(startingSpan(stackOf({}, every5mm, 0.5), 10, box(40, 60))).toMatchObject({ first: 8, last: 12 });
  });

  it('in CT goes by the positions, not by counting slices', () => {
    const uneven = [0, 1, 2, 3, 4, 14, 24];
    expect(startingSpan(stackOf({}, uneven, 1), 4, box(6, 6))).toMatchObject({ first: 1, last: 4 });
  });

  it('is the slice alone, and says so, where the file gives no millimetres or the stack is a film', () => {
    for (const stack of [
      stackOf({}, every5mm, null),
      stackOf({}, [null, null, null], 1),
      stackOf({ kind: 'cine' }, every5mm, 1),
    ]) {
      const span = startingSpan(stack, 1, box(40, 60));
      expect([span.first, span.last]).toEqual([1, 1]);
      expect(span.words).toMatch(/^This slice alone/);
    }
  });
});

describe('a span', () => {
  const stack = fc
    .integer({ min: 1, max: 400 })
    .chain((count) => fc.record({ count: fc.constant(count), index: fc.integer({ min: 0, max: count - 1 }) }));

  it('has as many slices as asked for, fewer only at the ends of the stack, and always the one drawn on', () => {
    fc.assert(
      fc.property(stack, fc.integer({ min: 1, max: 60 }), ({ count, index }, slices) => {
        const { first, last } = spanAround(index, slices, count);
        expect(first).toBeLessThanOrEqual(index);
        expect(last).toBeGreaterThanOrEqual(index);
        const cut = first === 0 || last === count - 1;
        if (cut) expect(last - first + 1).toBeLessThanOrEqual(slices);
        else expect(last - first + 1).toBe(slices);
      }),
    );
  });

  it('keeps its own slice and the stack whatever its ends are dragged to', () => {
    fc.assert(
      fc.property(
        stack,
        fc.integer({ min: -50, max: 500 }),
        fc.constantFrom('first' as const, 'last' as const),
        ({ count, index }, to, end) => {
          const { first, last } = withEnd(spanAround(index, 9, count), end, to, count, index);
          expect(first).toBeGreaterThanOrEqual(0);
          expect(first).toBeLessThanOrEqual(index);
          expect(last).toBeGreaterThanOrEqual(index);
          expect(last).toBeLessThan(count);
        },
      ),
    );
  });

  it('without a slice of its own never turns round', () => {
    expect(withEnd({ first: 3, last: 6 }, 'first', 9, 20, null)).toEqual({ first: 6, last: 6 });
    expect(withEnd({ first: 3, last: 6 }, 'last', 1, 20, null)).toEqual({ first: 3, last: 3 });
  });

  it('is weaker the farther from its centre, and never invisible', () => {
    const strengths = [5, 6, 7, 8, 9].map((index) => strengthAt({ first: 1, last: 9 }, 5, index));
    expect(strengths[0]).toBe(1);
    for (let i = 1; i < strengths.length; i++) expect(strengths[i]).toBeLessThan(strengths[i - 1] as number);
    expect(strengths.at(-1)).toBeGreaterThan(0.3);
  });

  it('is said counted from 1', () => {
    expect(spanWords({ first: 3, last: 3 })).toBe('slice 4');
    expect(spanWords({ first: 3, last: 8 })).toBe('slices 4 – 9');
  });
});
