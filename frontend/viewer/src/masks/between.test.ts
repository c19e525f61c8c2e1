import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyMask, FRAME, pixelsIn } from './arbitrary';
import { maskBetween } from './between';
import { areaOf, type Bitmap, emptyBitmap, grownBox, isIn, trimmed } from './bitmap';
import { sweep } from './brush';
import { signedDistances } from './distance';

const SQUARE = { width: 1, height: 1 };

function disc(column: number, row: number, radius: number, frame = FRAME): Bitmap {
  const made = emptyBitmap(frame);
  sweep(made, [column, row], [column, row], { radius, aspect: 1 }, 1);
  return trimmed(made) as Bitmap;
}

describe('signed distances', () => {
  it('are those to the nearest pixel of the other side, half a pixel less', () => {
    fc.assert(
      fc.property(anyMask, fc.constantFrom(1, 0.5, 2.2), (bitmap, height) => {
        const box = grownBox(bitmap, 2);
        const found = signedDistances(bitmap, box, 1, height);
        const cells = [...found.keys()].map((i) => {
          const [c, r] = [box.column + (i % box.columns), box.row + Math.floor(i / box.columns)];
          return { c, r, in: isIn(bitmap, c, r) };
        });
        cells.forEach((cell, i) => {
          const away = Math.min(
            ...cells.filter((o) => o.in !== cell.in).map((o) => Math.hypot(o.c - cell.c, (o.r - cell.r) * height)),
          );
          const half = Math.min(1, height) / 2;
          expect(found[i]).toBeCloseTo(cell.in ? away - half : half - away, 6);
        });
      }),
      { numRuns: 40 },
    );
  });
});

describe('the mask between two', () => {
  it('is the mask itself when both are the same', () => {
    fc.assert(
      fc.property(anyMask, fc.double({ min: 0, max: 1, noNaN: true }), (mask, share) => {
        expect(pixelsIn(maskBetween(mask, mask, share, FRAME, SQUARE))).toEqual(pixelsIn(mask));
      }),
    );
  });

  it('is each of them at its own end', () => {
    fc.assert(
      fc.property(anyMask, anyMask, (a, b) => {
        expect(pixelsIn(maskBetween(a, b, 0, FRAME, SQUARE))).toEqual(pixelsIn(a));
        expect(pixelsIn(maskBetween(a, b, 1, FRAME, SQUARE))).toEqual(pixelsIn(b));
      }),
    );
  });

  it('is a disc half way for two discs beside each other', () => {
    const between = maskBetween(disc(8, 15, 5), disc(30, 15, 5), 0.5, FRAME, SQUARE);
    expect(pixelsIn(between)).toEqual(pixelsIn(disc(19, 15, 5)));
  });

  it('is of a size between for discs of two sizes, whatever the height of a pixel', () => {
    for (const height of [1, 0.4, 3]) {
      const between = maskBetween(disc(20, 15, 4), disc(20, 15, 10), 0.5, FRAME, { width: 1, height });
      const area = areaOf(between as Bitmap);
      expect(area).toBeGreaterThan(areaOf(disc(20, 15, 5.5)));
      expect(area).toBeLessThan(areaOf(disc(20, 15, 8.5)));
    }
  });

  it('stays in the frame', () => {
    const between = maskBetween(disc(1, 1, 5), disc(2, 28, 5), 0.4, FRAME, SQUARE);
    expect(between && between.column >= 0 && between.row >= 0).toBe(true);
  });
});
