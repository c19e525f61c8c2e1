/** Where the plane of one picture cuts another picture. Pure. */
import { dot, type ImagePlane, pixelToWorld } from './geometry';
import { cross, minus } from './mpr';
import type { Point, Vector } from './pictures';

/** Planes that lean less than this against each other have no line worth drawing (sine of 3 degrees). */
const LEAST_LEAN = 0.05;

/** Millimetres of a place above a plane, along its normal. */
export function above(plane: ImagePlane, place: Vector): number {
  return dot(minus(place, plane.origin), cross(plane.alongRow, plane.alongColumn));
}

/**
 * The line in which `by` cuts a picture, from edge to edge, in the picture's pixels.
 *
 * @returns null where the two are parallel, or the line passes the picture by.
 */
export function cutLine(of: ImagePlane, columns: number, rows: number, by: ImagePlane): readonly [Point, Point] | null {
  const height = (pixel: Point): number => above(by, pixelToWorld(of, pixel));
  const start = height([0, 0]);
  const right = height([1, 0]) - start;
  const down = height([0, 1]) - start;
  if (Math.hypot(right / of.columnSpacing, down / of.rowSpacing) < LEAST_LEAN) return null;
  const ends: Point[] = [];
  const add = (column: number, row: number): void => {
    const within = column >= 0 && column <= columns && row >= 0 && row <= rows;
    // A line through a corner meets two edges in one point.
    if (within && ends.every(([c, r]) => Math.hypot(c - column, r - row) > 1e-9)) ends.push([column, row]);
  };
  for (const row of [0, rows]) if (right !== 0) add(-(start + down * row) / right, row);
  for (const column of [0, columns]) if (down !== 0) add(column, -(start + right * column) / down);
  const [first, second] = ends;
  return first && second ? [first, second] : null;
}

/**
 * The parts of a closed outline's inside that a plane cuts, in pairs of places along the line; for a single point or an
 * open line nothing. The outline lies in `of`.
 */
export function crossings(
  outline: readonly Point[],
  of: ImagePlane,
  by: ImagePlane,
): readonly (readonly [Vector, Vector])[] {
  const places = outline.map((pixel) => pixelToWorld(of, pixel) as Vector);
  const heights = places.map((place) => above(by, place));
  const met: Vector[] = [];
  places.forEach((place, i) => {
    const next = (i + 1) % places.length;
    const [h0, h1] = [heights[i] as number, heights[next] as number];
    // Half open, so that a corner on the plane counts once.
    if (h0 < 0 === h1 < 0) return;
    const share = h0 / (h0 - h1);
    const to = places[next] as Vector;
    const at = (axis: 0 | 1 | 2): number => place[axis] + (to[axis] - place[axis]) * share;
    met.push([at(0), at(1), at(2)]);
  });
  const line = cross(cross(of.alongRow, of.alongColumn), cross(by.alongRow, by.alongColumn));
  met.sort((a, b) => dot(a, line) - dot(b, line));
  const pairs: (readonly [Vector, Vector])[] = [];
  for (let i = 0; i + 1 < met.length; i += 2) pairs.push([met[i] as Vector, met[i + 1] as Vector]);
  return pairs;
}
