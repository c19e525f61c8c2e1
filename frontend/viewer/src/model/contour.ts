/** Freehand contours as closed polygons in pixels: thinning, area, redrawing a part. Pure. */
import type { Point } from './pictures';

/** Half a hundredth of a pixel is below what the eye or the mouse can do; keeps saved numbers short. */
const DECIMALS = 1000;

export function roundPoint([column, row]: Point): [number, number] {
  return [Math.round(column * DECIMALS) / DECIMALS, Math.round(row * DECIMALS) / DECIMALS];
}

export function distance(a: Point, b: Point): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

export function distanceToSegment(p: Point, a: Point, b: Point): number {
  const length = (b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2;
  if (length === 0) return distance(p, a);
  const t = Math.min(1, Math.max(0, ((p[0] - a[0]) * (b[0] - a[0]) + (p[1] - a[1]) * (b[1] - a[1])) / length));
  return distance(p, [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]);
}

/** Douglas and Peucker (1973) on an open line: every dropped point lies within `tolerance` of what is kept. */
function thinLine(points: readonly Point[], tolerance: number): Point[] {
  const keep = new Uint8Array(points.length);
  keep[0] = 1;
  keep[points.length - 1] = 1;
  const spans: [number, number][] = [[0, points.length - 1]];
  for (let span = spans.pop(); span; span = spans.pop()) {
    const [first, last] = span;
    let farthest = -1;
    let most = tolerance;
    for (let i = first + 1; i < last; i++) {
      const away = distanceToSegment(points[i] as Point, points[first] as Point, points[last] as Point);
      if (away > most) {
        most = away;
        farthest = i;
      }
    }
    if (farthest > 0) {
      keep[farthest] = 1;
      spans.push([first, farthest], [farthest, last]);
    }
  }
  return points.filter((_, i) => keep[i] === 1);
}

/** A closed contour with as few points as hold it within `tolerance` pixels; never fewer than three. */
export function simplifyContour(points: readonly Point[], tolerance = 0.25): Point[] {
  const distinct = points.filter((p, i) => i === 0 || distance(p, points[i - 1] as Point) > 0);
  if (distinct.length > 1 && distance(distinct[0] as Point, distinct.at(-1) as Point) === 0) distinct.pop();
  if (distinct.length <= 3) return distinct;
  // A closed line has no ends: cut it at the first point and at the one farthest from it.
  let far = 0;
  for (let i = 1; i < distinct.length; i++) {
    if (distance(distinct[i] as Point, distinct[0] as Point) > distance(distinct[far] as Point, distinct[0] as Point)) {
      far = i;
    }
  }
  const there = thinLine(distinct.slice(0, far + 1), tolerance);
  const back = thinLine([...distinct.slice(far), distinct[0] as Point], tolerance);
  const thinned = [...there, ...back.slice(1, -1)];
  return thinned.length >= 3
    ? thinned
    : [distinct[0], distinct[Math.floor(far / 2)] ?? distinct[1], distinct[far]].map((p) => p as Point);
}

/** Area of a closed polygon in square pixels (shoelace). */
export function polygonArea(points: readonly Point[]): number {
  let twice = 0;
  for (let i = 0; i < points.length; i++) {
    const a = points[i] as Point;
    const b = points[(i + 1) % points.length] as Point;
    twice += a[0] * b[1] - b[0] * a[1];
  }
  return Math.abs(twice) / 2;
}

export function pointInPolygon([x, y]: Point, points: readonly Point[]): boolean {
  let inside = false;
  for (let i = 0, j = points.length - 1; i < points.length; j = i++) {
    const [xi, yi] = points[i] as Point;
    const [xj, yj] = points[j] as Point;
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

export function nearestVertex(points: readonly Point[], to: Point): { index: number; away: number } {
  let index = 0;
  let away = Number.POSITIVE_INFINITY;
  points.forEach((p, i) => {
    const d = distance(p, to);
    if (d < away) {
      away = d;
      index = i;
    }
  });
  return { index, away };
}

/** Distance from a point to the outline of a closed polygon. */
export function distanceToOutline(points: readonly Point[], to: Point): number {
  let away = Number.POSITIVE_INFINITY;
  points.forEach((p, i) => {
    away = Math.min(away, distanceToSegment(to, p, points[(i + 1) % points.length] as Point));
  });
  return away;
}

/** Distance from a point to an open line. */
export function distanceToLine(points: readonly Point[], to: Point): number {
  let away = distance(points[0] as Point, to);
  for (let i = 1; i < points.length; i++) {
    away = Math.min(away, distanceToSegment(to, points[i - 1] as Point, points[i] as Point));
  }
  return away;
}

/**
 * A contour with the part between the stroke's ends redrawn by the stroke.
 *
 * Of the two parts the ends cut out, the one whose replacement keeps the larger area of the old contour goes: the
 * reader corrects an edge, and doesn't throw away the body of the mark.
 */
export function redrawPart(contour: readonly Point[], stroke: readonly Point[]): Point[] {
  const from = nearestVertex(contour, stroke[0] as Point).index;
  const to = nearestVertex(contour, stroke.at(-1) as Point).index;
  const forward = [...stroke, ...circular(contour, to, from)];
  const backward = [...[...stroke].reverse(), ...circular(contour, from, to)];
  const old = polygonArea(contour);
  const change = (points: readonly Point[]): number => Math.abs(polygonArea(points) - old);
  return change(forward) <= change(backward) ? forward : backward;
}

/** Vertices from index `from` up to and including `to`, going round the end. */
function circular(points: readonly Point[], from: number, to: number): Point[] {
  return from <= to ? points.slice(from, to + 1) : [...points.slice(from), ...points.slice(0, to + 1)];
}

/** The two vertices that lie farthest apart when columns and rows are scaled by the given millimetres. */
export function longestAxis(
  points: readonly Point[],
  scaleColumn = 1,
  scaleRow = 1,
): { length: number; from: Point; to: Point } {
  let best = { length: 0, from: points[0] as Point, to: points[0] as Point };
  for (let i = 0; i < points.length; i++) {
    for (let j = i + 1; j < points.length; j++) {
      const a = points[i] as Point;
      const b = points[j] as Point;
      const length = Math.hypot((a[0] - b[0]) * scaleColumn, (a[1] - b[1]) * scaleRow);
      if (length > best.length) best = { length, from: a, to: b };
    }
  }
  return best;
}
