import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pointInPolygon } from '../model/contour';
import type { Point } from '../model/pictures';
import { anyMask, FRAME, pixelsIn } from './arbitrary';
import { areaOf, type Bitmap, emptyBitmap, isIn, subtracted, union } from './bitmap';
import { sweep } from './brush';
import { partsOf } from './components';
import cases from './fill_cases.json';
import { outlinesOf } from './outlines';
import { filledPolygon } from './polygon_fill';
import { shapeOf } from './runs';

const place = fc.tuple(fc.double({ min: -3, max: 43, noNaN: true }), fc.double({ min: -3, max: 33, noNaN: true }));

function refilled(bitmap: Bitmap): Bitmap | null {
  const fill = (hole: boolean): (Bitmap | null)[] =>
    outlinesOf(bitmap)
      .filter((line) => line.hole === hole)
      .map((line) => filledPolygon(line.points, FRAME));
  const whole = fill(false).reduce((all, one) => (all && one ? union(all, one) : (all ?? one)), null);
  // Parts may lie in holes: what is in a hole and in the mask is laid on again.
  return fill(true).reduce((all, hole) => (all && hole ? subtracted(all, hole) : all), whole);
}

describe('a filled polygon', () => {
  it('holds the pixels whose centres lie inside, by the even-odd rule', () => {
    fc.assert(
      fc.property(fc.array(place, { minLength: 3, maxLength: 9 }), (points) => {
        const filled = filledPolygon(points, FRAME);
        const wrong: string[] = [];
        for (let row = 0; row < FRAME.rows; row++) {
          for (let column = 0; column < FRAME.columns; column++) {
            const inside = pointInPolygon([column + 0.5, row + 0.5], points);
            if ((filled !== null && isIn(filled, column, row)) !== inside) wrong.push(`${column},${row}`);
          }
        }
        expect(wrong).toEqual([]);
      }),
    );
  });

  it('is exactly a box that lies on whole pixels', () => {
    const box: Point[] = [
      [3, 4],
      [10, 4],
      [10, 9],
      [3, 9],
    ];
    const filled = filledPolygon(box, FRAME);
    expect(filled).toMatchObject({ column: 3, row: 4, columns: 7, rows: 5 });
    expect(areaOf(filled as Bitmap)).toBe(35);
  });
});

describe('outlines', () => {
  it('filled again are the mask they came from, pixel by pixel', () => {
    fc.assert(
      fc.property(anyMask, (bitmap) => {
        const parts = partsOf(bitmap).map(refilled);
        expect(parts.flatMap(pixelsIn).sort()).toEqual(pixelsIn(bitmap).sort());
      }),
    );
  });

  it('go once round every part, and round every hole', () => {
    fc.assert(
      fc.property(anyMask, (bitmap) => {
        const lines = outlinesOf(bitmap);
        expect(lines.filter((line) => !line.hole)).toHaveLength(partsOf(bitmap).length);
      }),
    );
    const ring = emptyBitmap(FRAME);
    sweep(ring, [20, 15], [20, 15], { radius: 9, aspect: 1 }, 1);
    sweep(ring, [20, 15], [20, 15], { radius: 4, aspect: 1 }, 0);
    expect(outlinesOf(ring).map((line) => line.hole)).toEqual([false, true]);
  });

  it('of a disc are a few points near the circle', () => {
    const disc = emptyBitmap(FRAME);
    sweep(disc, [20, 15], [20, 15], { radius: 12, aspect: 1 }, 1);
    const [line] = outlinesOf(disc);
    expect(line?.points.length).toBeLessThan(50);
    for (const [c, r] of line?.points ?? []) expect(Math.hypot(c - 20, r - 15)).toBeCloseTo(12, -0.2);
  });
});

describe('the polygons that the server fills too', () => {
  it.each(cases)('$name', ({ rows, columns, outline, points, runs }) => {
    const filled = filledPolygon(outline as unknown as Point[], { column: 0, row: 0, columns, rows });
    expect(filled && shapeOf(filled)).toEqual(points && { points, mask: { runs } });
  });
});
