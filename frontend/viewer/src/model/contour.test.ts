import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distanceToOutline, longestAxis, pointInPolygon, polygonArea, redrawPart, simplifyContour } from './contour';
import type { Point } from './pictures';

function circle(count: number, radius: number, centre: Point = [100, 100]): Point[] {
  return Array.from({ length: count }, (_, i): Point => {
    const angle = (2 * Math.PI * i) / count;
    return [centre[0] + radius * Math.cos(angle), centre[1] + radius * Math.sin(angle)];
  });
}

describe('simplifying a freehand contour', () => {
  it('keeps every drawn point within a quarter of a pixel of what is saved', () => {
    const wobble = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 40, maxLength: 400 });
    fc.assert(
      fc.property(wobble, (offsets) => {
        const drawn = offsets.map((offset, i): Point => {
          const angle = (2 * Math.PI * i) / offsets.length;
          return [100 + (40 + offset) * Math.cos(angle), 100 + (40 + offset) * Math.sin(angle)];
        });
        const kept = simplifyContour(drawn);
        expect(kept.length).toBeLessThanOrEqual(drawn.length);
        for (const point of drawn) expect(distanceToOutline(kept, point)).toBeLessThanOrEqual(0.25 + 1e-9);
      }),
      { numRuns: 50 },
    );
  });

  it('turns 1,000 points of a circle into few, with the area kept', () => {
    const kept = simplifyContour(circle(1000, 50));
    expect(kept.length).toBeLessThan(60);
    expect(polygonArea(kept) / (Math.PI * 2500)).toBeGreaterThan(0.99);
  });

  it('drops repeated points and the closing one', () => {
    expect(
      simplifyContour([
        [0, 0],
        [0, 0],
        [10, 0],
        [10, 10],
        [0, 0],
      ]),
    ).toEqual([
      [0, 0],
      [10, 0],
      [10, 10],
    ]);
  });
});

describe('redrawing a part', () => {
  it('replaces the short part between the ends of the stroke and keeps the rest', () => {
    const contour = circle(72, 50);
    const bulge: Point[] = [
      [150, 100],
      [158, 108],
      [160, 116],
      [150, 122],
      [145, 121],
    ];
    const redrawn = redrawPart(contour, bulge);
    expect(pointInPolygon([156, 112], redrawn)).toBe(true);
    expect(pointInPolygon([60, 100], redrawn)).toBe(true);
    expect(polygonArea(redrawn)).toBeGreaterThan(polygonArea(contour));
  });

  it('cuts a dent the same way whichever direction the stroke has', () => {
    const contour = circle(72, 50);
    const dent: Point[] = [
      [100, 50],
      [104, 80],
      [130, 75],
      [143, 75],
    ];
    const one = polygonArea(redrawPart(contour, dent));
    const other = polygonArea(redrawPart(contour, [...dent].reverse()));
    expect(one).toBeLessThan(polygonArea(contour));
    expect(one).toBeCloseTo(other, 6);
  });
});

describe('measures', () => {
  it('finds the longest axis in millimetres when rows and columns differ', () => {
    const points: Point[] = [
      [0, 0],
      [10, 0],
      [0, 10],
    ];
    expect(longestAxis(points, 1, 3).length).toBeCloseTo(Math.hypot(10, 30));
  });
});
