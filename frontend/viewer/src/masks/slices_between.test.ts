import { describe, expect, it } from 'vitest';
import type { StackJson } from '../model/pictures';
import { type Bitmap, emptyBitmap, trimmed } from './bitmap';
import { sweep } from './brush';
import { masksBetween, shareOfWay } from './slices_between';

function stackAt(...heights: readonly (number | null)[]): StackJson {
  const frames = heights.map((z) => ({ geometry: { position: z === null ? null : [0, 0, z], spacing: [1, 1] } }));
  return { columns: 60, rows: 40, frames } as unknown as StackJson;
}

function disc(column: number): Bitmap {
  const made = emptyBitmap({ column: 0, row: 0, columns: 60, rows: 40 });
  sweep(made, [column, 20], [column, 20], { radius: 6, aspect: 1 }, 1);
  return trimmed(made) as Bitmap;
}

describe('a slice on the way', () => {
  it('is as far as its millimetres say, gaps included, or by number where there are none', () => {
    expect(shareOfWay(stackAt(0, 5, 20), 0, 1, 2)).toBe(0.25);
    expect(shareOfWay(stackAt(null, null, null), 0, 1, 2)).toBe(0.5);
    // Two slices at one place: the number decides.
    expect(shareOfWay(stackAt(0, 0, 10), 0, 1, 2)).toBe(0.5);
  });
});

describe('masks between', () => {
  it('are made for the slices that have none, between neighbours that have one', () => {
    const stack = stackAt(0, 1, 2, 3, 4, 5, 6);
    const made = masksBetween(stack, [
      { slice: 5, bitmap: disc(40) },
      { slice: 0, bitmap: disc(10) },
      { slice: 2, bitmap: disc(30) },
    ]);
    expect(made.map(({ slice }) => slice)).toEqual([1, 3, 4]);
    expect(made[0]?.bitmap).toEqual(disc(20));
  });

  it('take two marks of one slice as one', () => {
    const stack = stackAt(0, 1, 2);
    const both = [disc(10), disc(40)];
    const made = masksBetween(
      stack,
      [0, 2].flatMap((slice) => both.map((bitmap) => ({ slice, bitmap }))),
    );
    expect(made).toHaveLength(1);
    expect(made[0]?.bitmap.columns).toBe(42);
  });
});
