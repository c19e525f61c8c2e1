import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distanceToSegment } from '../model/contour';
import type { Point } from '../model/pictures';
import { FRAME } from './arbitrary';
import { areaOf, emptyBitmap, isIn, overlap } from './bitmap';
import { LARGEST_RADIUS, SMALLEST_RADIUS, steppedRadius, sweep } from './brush';
import { partsOf } from './components';

const place: fc.Arbitrary<Point> = fc.tuple(
  fc.double({ min: -5, max: 45, noNaN: true }),
  fc.double({ min: -5, max: 35, noNaN: true }),
);
const radius = fc.double({ min: SMALLEST_RADIUS, max: 9, noNaN: true });
const aspect = fc.constantFrom(1, 1, 0.5, 1.7);

describe('a stroke', () => {
  it('covers the pixels whose centres its brush passes over, and those under its ends', () => {
    fc.assert(
      fc.property(place, place, radius, aspect, (from, to, r, high) => {
        const target = emptyBitmap(FRAME);
        const box = sweep(target, from, to, { radius: r, aspect: high }, 1);
        const scaled = ([c, row]: Point): Point => [c, row * high];
        const wrong: string[] = [];
        for (let row = 0; row < FRAME.rows; row++) {
          for (let column = 0; column < FRAME.columns; column++) {
            const away = distanceToSegment(scaled([column + 0.5, row + 0.5]), scaled(from), scaled(to));
            const isEnd = [from, to].some(([c, end]) => Math.floor(c) === column && Math.floor(end) === row);
            const is = isIn(target, column, row);
            if (Math.abs(away - r) > 1e-6 && is !== (away < r || isEnd)) wrong.push(`${column},${row}`);
            if (is && !(box && overlap(box, { column, row, columns: 1, rows: 1 }))) wrong.push(`box ${column},${row}`);
          }
        }
        expect(wrong).toEqual([]);
      }),
    );
  });

  it('has no holes, however quick and however thin it is', () => {
    fc.assert(
      fc.property(
        fc.tuple(fc.double({ min: 1, max: 39, noNaN: true }), fc.double({ min: 1, max: 29, noNaN: true })),
        fc.tuple(fc.double({ min: 1, max: 39, noNaN: true }), fc.double({ min: 1, max: 29, noNaN: true })),
        (from, to) => {
          const target = emptyBitmap(FRAME);
          sweep(target, from, to, { radius: 1, aspect: 1 }, 1);
          expect(partsOf(target)).toHaveLength(1);
        },
      ),
    );
  });

  it('paints a disc of the right size, and takes it away again', () => {
    const target = emptyBitmap({ column: 0, row: 0, columns: 200, rows: 200 });
    sweep(target, [100.3, 99.6], [100.3, 99.6], { radius: 60, aspect: 1 }, 1);
    expect(areaOf(target)).toBeCloseTo(Math.PI * 3600, -2);
    sweep(target, [100.3, 99.6], [100.3, 99.6], { radius: 60, aspect: 1 }, 0);
    expect(areaOf(target)).toBe(0);
  });

  it('leaves out what it may not paint', () => {
    const target = emptyBitmap(FRAME);
    sweep(target, [20, 15], [20, 15], { radius: 6, aspect: 1 }, 1, (index) => index % FRAME.columns >= 20);
    expect(isIn(target, 19, 15)).toBe(false);
    expect(isIn(target, 20, 15)).toBe(true);
  });
});

describe('sizes', () => {
  it('go up and down by steps, to an end', () => {
    const up = [0.5];
    while (up.at(-1) !== steppedRadius(up.at(-1) as number, 1)) up.push(steppedRadius(up.at(-1) as number, 1));
    expect(up.at(-1)).toBe(LARGEST_RADIUS);
    const down = [LARGEST_RADIUS];
    while (down.at(-1) !== steppedRadius(down.at(-1) as number, -1))
      down.push(steppedRadius(down.at(-1) as number, -1));
    expect(down.reverse()).toEqual(up);
    expect(steppedRadius(7, 1)).toBe(8);
    expect(steppedRadius(7, -1)).toBe(6);
  });
});
