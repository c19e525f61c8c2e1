import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filledPolygon } from '../masks/polygon_fill';
import { distanceToOutline, pointInPolygon, polygonArea } from '../model/contour';
import type { Point } from '../model/pictures';
import { cutAlong, cutOutline } from './cut';
import { unionOutline } from './union';

const square = (column: number, row: number, size: number): Point[] => [
  [column, row],
  [column + size, row],
  [column + size, row + size],
  [column, row + size],
];

/** A star-shaped outline, which never crosses itself. */
const star = fc
  .record({
    column: fc.double({ min: 20, max: 36, noNaN: true }),
    row: fc.double({ min: 20, max: 36, noNaN: true }),
    radii: fc.array(fc.double({ min: 3, max: 18, noNaN: true }), { minLength: 3, maxLength: 14 }),
  })
  .map(({ column, row, radii }) =>
    radii.map((radius, i): Point => {
      const turn = (2 * Math.PI * i) / radii.length;
      return [column + radius * Math.cos(turn), row + radius * Math.sin(turn)];
    }),
  );

describe('cutting', () => {
  it('leaves two parts that add up to the whole', () => {
    const angle = fc.double({ min: 0, max: Math.PI, noNaN: true });
    fc.assert(
      fc.property(star, angle, (outline, turn) => {
        const centre: Point = [
          outline.reduce((sum, p) => sum + p[0], 0) / outline.length,
          outline.reduce((sum, p) => sum + p[1], 0) / outline.length,
        ];
        fc.pre(pointInPolygon(centre, outline));
        const [x, y] = [Math.cos(turn), Math.sin(turn)];
        const parts = cutOutline(outline, [centre[0] - x, centre[1] - y], [centre[0] + x, centre[1] + y]);
        fc.pre(parts !== null);
        const areas = (parts ?? []).map(polygonArea);
        expect(areas.reduce((a, b) => a + b, 0)).toBeCloseTo(polygonArea(outline), 6);
        for (const area of areas) expect(area).toBeGreaterThan(0);
      }),
    );
  });

  it('cuts a square where the line was drawn, however short the line', () => {
    const [left, right] = cutOutline(square(0, 0, 10), [4, 4], [4, 6]) as [Point[], Point[]];
    expect([polygonArea(left), polygonArea(right)].sort((a, b) => a - b)).toEqual([40, 60]);
  });

  it('says no where the line misses', () => {
    expect(cutOutline(square(0, 0, 10), [20, 0], [20, 10])).toBeNull();
    expect(cutOutline(square(0, 0, 10), [12, 5], [15, 5])).toBeNull();
  });

  it('cuts one arm of a horseshoe and leaves the other', () => {
    const horseshoe: Point[] = [
      [0, 0],
      [30, 0],
      [30, 30],
      [20, 30],
      [20, 10],
      [10, 10],
      [10, 30],
      [0, 30],
    ];
    const parts = cutOutline(horseshoe, [-2, 20], [12, 20]) as [Point[], Point[]];
    expect(parts.map(polygonArea).sort((a, b) => a - b)).toEqual([100, 600]);
  });

  it('cuts an oblong along its diagonal when nothing is drawn', () => {
    const parts = cutAlong([
      [0, 0],
      [40, 0],
      [40, 10],
      [0, 10],
    ]) as [Point[], Point[]];
    expect(parts.map(polygonArea)).toEqual([200, 200]);
  });
});

describe('joining', () => {
  it('joins squares that overlap, touch along a side, or lie in one another', () => {
    expect(polygonArea(unionOutline(square(0, 0, 10), square(5, 5, 10)) as Point[])).toBeCloseTo(175, 9);
    expect(polygonArea(unionOutline(square(0, 0, 10), square(10, 2, 4)) as Point[])).toBeCloseTo(116, 9);
    expect(polygonArea(unionOutline(square(0, 0, 10), square(3, 3, 2)) as Point[])).toBeCloseTo(100, 9);
    expect(polygonArea(unionOutline(square(3, 3, 2), square(0, 0, 10)) as Point[])).toBeCloseTo(100, 9);
    expect(polygonArea(unionOutline(square(0, 0, 10), square(0, 0, 10)) as Point[])).toBeCloseTo(100, 9);
  });

  it('says no to marks that do not touch', () => {
    expect(unionOutline(square(0, 0, 10), square(10.5, 0, 10))).toBeNull();
  });

  it('holds every pixel of both, and runs along them and nowhere else', () => {
    fc.assert(
      fc.property(star, star, (one, other) => {
        const joined = unionOutline(one, other);
        const [a, b] = [pixels(one), pixels(other)];
        const shared = [...a].filter((p) => b.has(p)).length;
        if (joined === null) {
          expect(shared).toBe(0);
          return;
        }
        const both = new Set([...a, ...b]);
        const whole = pixels(joined);
        for (const pixel of both) expect(whole.has(pixel)).toBe(true);
        // It runs along the two and nowhere else, so it holds nothing beside them but what they fence in.
        joined.forEach((p, i) => {
          const q = joined[(i + 1) % joined.length] as Point;
          for (const part of [0, 0.3, 0.7]) {
            const at: Point = [p[0] + part * (q[0] - p[0]), p[1] + part * (q[1] - p[1])];
            expect(Math.min(distanceToOutline(one, at), distanceToOutline(other, at))).toBeLessThan(1e-4);
          }
        });
      }),
      { numRuns: 60 },
    );
  });
});

function pixels(outline: readonly Point[]): Set<string> {
  const found = new Set<string>();
  const filled = filledPolygon(outline, { column: 0, row: 0, columns: 60, rows: 60 });
  filled?.pixels.forEach((isIn, i) => {
    if (isIn) found.add(`${filled.column + (i % filled.columns)},${filled.row + Math.floor(i / filled.columns)}`);
  });
  return found;
}
