/**
 * A closed curve through its points: centripetal Catmull-Rom, which neither loops nor overshoots between points that lie
 * unevenly.
 *
 * The server samples it with the same steps (outline_cases.json is tested on both sides): what is exported is what was
 * seen.
 *
 * Source: Barry and Goldman, SIGGRAPH 1988; Yuksel, Schaefer and Keyser, Computer-Aided Design 43 (2011) 747-755.
 */
import { distance } from '../model/contour';
import type { Point } from '../model/pictures';
import { type Shape, shifted } from './shape';

/** Points on the curve for each control point. */
export const SPLINE_STEPS = 16;

/** The curve as a closed polygon: every control point, and the steps between it and the next. */
export function splineOutline(points: readonly Point[], steps = SPLINE_STEPS): Point[] {
  const distinct = points.filter((p, i) => distance(p, points[(i + 1) % points.length] as Point) > 0);
  const count = distinct.length;
  if (count < 3) return distinct;
  const outline: Point[] = [];
  for (let i = 0; i < count; i++) {
    const four = [i - 1, i, i + 1, i + 2].map((at) => distinct[(at + count) % count] as Point);
    for (let step = 0; step < steps; step++) outline.push(between(four as [Point, Point, Point, Point], step / steps));
  }
  return outline;
}

/** The point at a part of the way from the second to the third of four points. */
function between([p0, p1, p2, p3]: [Point, Point, Point, Point], part: number): Point {
  if (part === 0) return p1;
  const t1 = Math.sqrt(distance(p0, p1));
  const t2 = t1 + Math.sqrt(distance(p1, p2));
  const t3 = t2 + Math.sqrt(distance(p2, p3));
  const t = t1 + part * (t2 - t1);
  const a1 = mix(p0, p1, 0, t1, t);
  const a2 = mix(p1, p2, t1, t2, t);
  const a3 = mix(p2, p3, t2, t3, t);
  return mix(mix(a1, a2, 0, t2, t), mix(a2, a3, t1, t3, t), t1, t2, t);
}

function mix(a: Point, b: Point, from: number, to: number, t: number): Point {
  const [u, v] = [(to - t) / (to - from), (t - from) / (to - from)];
  return [a[0] * u + b[0] * v, a[1] * u + b[1] * v];
}

export const spline: Shape = {
  words: 'Spline',
  outline: (points) => (points.length >= 3 ? splineOutline(points) : points),
  closed: true,
  handles: (points) => points,
  reshaped: (points, handle, by) => points.map((p, i) => (i === handle ? shifted(p, by) : p)),
  isWhole: (points) => points.length >= 3,
};
