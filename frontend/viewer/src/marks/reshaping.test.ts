import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distance } from '../model/contour';
import type { Point } from '../model/pictures';
import { mirroredAxis, reshapedAxes, settledAxes, shortAxis } from './calipers';
import { ellipseInBox, ellipseOutline, reshapedEllipse } from './ellipse';
import { middleOf, type Scale } from './shape';
import { splineOutline } from './spline';

const coordinate = fc.double({ min: -300, max: 300, noNaN: true });
const point = fc.tuple(coordinate, coordinate);
const step = fc.double({ min: 0.5, max: 40, noNaN: true });
const scale = fc.tuple(fc.double({ min: 0.05, max: 3, noNaN: true }), fc.double({ min: 0.05, max: 3, noNaN: true }));

/** The cosine of the angle between two axes, in scaled units. */
function cosine([a, b]: readonly Point[], [c, d]: readonly Point[], [x, y]: Scale = [1, 1]): number {
  const u = [((b as Point)[0] - (a as Point)[0]) * x, ((b as Point)[1] - (a as Point)[1]) * y] as const;
  const v = [((d as Point)[0] - (c as Point)[0]) * x, ((d as Point)[1] - (c as Point)[1]) * y] as const;
  return (u[0] * v[0] + u[1] * v[1]) / (Math.hypot(...u) * Math.hypot(...v));
}

describe('an ellipse', () => {
  it('keeps its axes perpendicular and halved by each other, whichever end is pulled', () => {
    fc.assert(
      fc.property(point, point, fc.integer({ min: 0, max: 3 }), point, (a, b, handle, by) => {
        fc.pre(Math.abs(a[0] - b[0]) > 1 && Math.abs(a[1] - b[1]) > 1);
        const before = ellipseInBox(a, b);
        const after = reshapedEllipse(before, handle, by);
        const pulled = after[handle] as Point;
        const own = handle < 2 ? 0 : 2;
        fc.pre(distance(after[own] as Point, after[own + 1] as Point) > 1);
        expect(cosine(after.slice(0, 2), after.slice(2))).toBeCloseTo(0, 6);
        const [one, other] = [
          middleOf(after[0] as Point, after[1] as Point),
          middleOf(after[2] as Point, after[3] as Point),
        ];
        expect(distance(one, other)).toBeLessThan(1e-6);
        expect(pulled[0]).toBeCloseTo((before[handle] as Point)[0] + by[0], 9);
        expect(pulled[1]).toBeCloseTo((before[handle] as Point)[1] + by[1], 9);
      }),
      // Pulled onto the other end: the axis had no length, and the hand was not followed.
      { examples: [[[0, 0], [300, 300], 0, [300, 0]]] },
    );
  });

  it('keeps the direction of an axis whose end is pulled onto the other, and the length of the other axis', () => {
    const after = reshapedEllipse(ellipseInBox([0, 0], [40, 20]), 0, [40, 0]);
    expect(after).toEqual([
      [40, 10],
      [40, 10],
      [40, 0],
      [40, 20],
    ]);
  });

  it('touches the box it was drawn in at the middle of each side', () => {
    const outline = ellipseOutline(ellipseInBox([10, 40], [50, 20]));
    expect(Math.min(...outline.map((p) => p[0]))).toBeCloseTo(10, 9);
    expect(Math.max(...outline.map((p) => p[1]))).toBeCloseTo(40, 9);
    expect(ellipseInBox([10, 40], [50, 20])).toEqual([
      [10, 30],
      [50, 30],
      [30, 20],
      [30, 40],
    ]);
    expect(ellipseInBox([0, 0], [10, 30])[0]).toEqual([5, 0]);
  });
});

describe('the two axes of a lesion', () => {
  it('are perpendicular in the patient, whatever the hand does and however the pixels are shaped', () => {
    fc.assert(
      fc.property(point, point, point, point, scale, (a, b, from, to, sized) => {
        fc.pre(distance(a, b) > 1);
        for (const short of [shortAxis([a, b], from, to, sized), mirroredAxis([a, b], from, sized)]) {
          expect(short[0]).toEqual(from);
          if (distance(...short) > 1) expect(cosine([a, b], short, sized)).toBeCloseTo(0, 5);
        }
      }),
    );
  });

  it('stay so when an end is pulled, and only the pulled axis changes its length', () => {
    fc.assert(
      fc.property(
        point,
        point,
        point,
        point,
        fc.integer({ min: 0, max: 3 }),
        point,
        scale,
        (a, b, from, to, handle, by, sized) => {
          fc.pre(distance(a, b) > 1);
          const axes = [a, b, ...shortAxis([a, b], from, to, sized)];
          fc.pre(distance(axes[2] as Point, axes[3] as Point) > 1);
          const after = reshapedAxes(axes, handle, by, sized);
          fc.pre(
            distance(after[0] as Point, after[1] as Point) > 1 && distance(after[2] as Point, after[3] as Point) > 1,
          );
          expect(cosine(after.slice(0, 2), after.slice(2), sized)).toBeCloseTo(0, 5);
          const pulled = after[handle] as Point;
          const wanted = [(axes[handle] as Point)[0] + by[0], (axes[handle] as Point)[1] + by[1]] as const;
          expect(distance(pulled, wanted)).toBeLessThan(1e-6);
          if (handle >= 2) expect(after.slice(0, 2)).toEqual([a, b]);
        },
      ),
    );
  });

  it('keep the short one where the ends of the long one are pulled together', () => {
    const axes: Point[] = [
      [0, 0],
      [10, 0],
      [5, -4],
      [5, 4],
    ];
    expect(reshapedAxes(axes, 0, [10, 0])).toEqual([
      [10, 0],
      [10, 0],
      [10, -4],
      [10, 4],
    ]);
  });

  it('are stored the longer one first, in millimetres', () => {
    const axes: Point[] = [
      [0, 0],
      [10, 0],
      [5, -4],
      [5, 4],
    ];
    expect(settledAxes(axes)[0]).toEqual([0, 0]);
    expect(settledAxes(axes, [1, 2])[0]).toEqual([5, -4]);
  });
});

describe('a spline', () => {
  it('goes through its points, and moves with them', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(step, step), { minLength: 3, maxLength: 12 }), point, (steps, by) => {
        // No point lies on the one before: that one would count once only.
        const points: Point[] = [];
        for (const [x, y] of steps) {
          const last = points.at(-1) ?? [0, 0];
          points.push([last[0] + x, last[1] + y]);
        }
        const outline = splineOutline(points);
        expect(outline.length).toBe(points.length * 16);
        for (const [i, p] of points.entries()) expect(outline[i * 16]).toEqual(p);
        const shifted = splineOutline(points.map((p): Point => [p[0] + by[0], p[1] + by[1]]));
        shifted.forEach((p, i) => {
          const q = outline[i] as Point;
          expect(distance(p, [q[0] + by[0], q[1] + by[1]])).toBeLessThan(1e-6);
        });
      }),
      { numRuns: 60 },
    );
  });
});
