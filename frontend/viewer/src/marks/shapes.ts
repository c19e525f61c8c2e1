/** What each kind of mark is to the eye and the mouse: outline, handles, reshaping. Pure; all in stored pixels. */
import { distance } from '../model/contour';
import type { Point } from '../model/pictures';
import type { MarkKind } from '../model/reading';
import { angle, arrow, bidirectional, length } from './calipers';
import { ellipse } from './ellipse';
import { type Shape, shifted } from './shape';
import { spline } from './spline';

const box: Shape = {
  words: 'Box',
  outline: (points) => (points.length === 2 ? boxCorners(points) : points),
  closed: true,
  handles: boxCorners,
  reshaped: resizedBox,
  isWhole: (points) => {
    const [a, b] = [points[0] as Point, points[1] as Point];
    return Math.abs(a[0] - b[0]) >= 0.5 && Math.abs(a[1] - b[1]) >= 0.5;
  },
};

const contour: Shape = {
  words: 'Contour',
  outline: (points) => points,
  closed: true,
  handles: (points) => points,
  reshaped: pulled,
  isWhole: () => true,
};

const point: Shape = {
  words: 'Point',
  outline: (points) => points,
  closed: false,
  handles: () => [],
  reshaped: (points) => [...points],
  isWhole: () => true,
};

export const SHAPES: Readonly<Record<MarkKind, Shape>> = {
  box,
  contour,
  point,
  ellipse,
  spline,
  length,
  bidirectional,
  angle,
  arrow,
  mask: { ...box, words: 'Mask', handles: () => [] },
  slices: { ...point, words: 'Slices' },
};

/** The corners of a box in order round it. */
export function boxCorners(points: readonly Point[]): [Point, Point, Point, Point] {
  const [a, b] = [points[0] as Point, points[1] as Point];
  return [a, [b[0], a[1]], b, [a[0], b[1]]];
}

/** A box with one corner moved and the opposite one held. */
export function resizedBox(points: readonly Point[], corner: number, by: Point): Point[] {
  const corners = boxCorners(points);
  const held = corners[(corner + 2) % 4] as Point;
  const [c, r] = corners[corner] as Point;
  return [held, [c + by[0], r + by[1]]];
}

/** Up to so many corners were clicked one by one, each where it should be. */
const CORNERS = 8;

/** A contour with one vertex pulled; its neighbours follow, less the farther they are along the outline. */
export function pulled(points: readonly Point[], vertex: number, by: Point): Point[] {
  const count = points.length;
  if (count <= CORNERS) return points.map((p, i) => (i === vertex ? shifted(p, by) : p));
  const reach = Math.hypot(by[0], by[1]) * 1.5 + 1e-9;
  const weights = new Float64Array(count);
  weights[vertex] = 1;
  for (const direction of [1, -1]) {
    let along = 0;
    for (let step = 1; step <= count / 2; step++) {
      const i = (vertex + direction * step + count * step) % count;
      const before = (vertex + direction * (step - 1) + count * step) % count;
      along += distance(points[i] as Point, points[before] as Point);
      if (along >= reach) break;
      weights[i] = Math.max(weights[i] as number, (1 + Math.cos((Math.PI * along) / reach)) / 2);
    }
  }
  return points.map(([c, r], i) => [c + by[0] * (weights[i] as number), r + by[1] * (weights[i] as number)] as const);
}

/** All points shifted together, no further than the frame's edge. */
export function moved(points: readonly Point[], by: Point, columns: number, rows: number): Point[] {
  const low = (axis: 0 | 1): number => -Math.min(...points.map((p) => p[axis]));
  const high = (axis: 0 | 1, size: number): number => size - Math.max(...points.map((p) => p[axis]));
  const dx = Math.min(Math.max(by[0], low(0)), high(0, columns));
  const dy = Math.min(Math.max(by[1], low(1)), high(1, rows));
  return points.map(([c, r]) => [c + dx, r + dy] as const);
}
