/**
 * An ellipse by the ends of its major, then of its minor axis, perpendicular in the stored matrix.
 *
 * Source: DICOM PS3.3 C.18.6.1.2 (Graphic Type ELLIPSE).
 */
import { distance } from '../model/contour';
import type { Point } from '../model/pictures';
import { less, middleOf, type Shape, shifted } from './shape';

const STEPS = 72;

/** The ellipse in a box, its longer axis first. */
export function ellipseInBox(a: Point, b: Point): Point[] {
  const [c, r] = middleOf(a, b);
  const across: Point[] = [
    [Math.min(a[0], b[0]), r],
    [Math.max(a[0], b[0]), r],
  ];
  const down: Point[] = [
    [c, Math.min(a[1], b[1])],
    [c, Math.max(a[1], b[1])],
  ];
  return settledEllipse([...across, ...down]);
}

/** Points on it; right for axes at any angle, so that it may be mapped to the screen before or after. */
export function ellipseOutline(points: readonly Point[], steps = STEPS): Point[] {
  const [a, b, c, d] = points as [Point, Point, Point, Point];
  const centre = middleOf(a, b);
  const major = less(b, centre);
  const minor = less(d, middleOf(c, d));
  return Array.from({ length: steps }, (_, i): Point => {
    const turn = (2 * Math.PI * i) / steps;
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
    return [centre[0] + major[0] * cos + minor[0] * sin, centre[1] + major[1] * cos + minor[1] * sin];
  });
}

/** One end pulled. An axis is turned and stretched by its end, the other end held; the other axis stays perpendicular. */
export function reshapedEllipse(points: readonly Point[], handle: number, by: Point): Point[] {
  const pulled = shifted(points[handle] as Point, by);
  const own = handle < 2 ? 0 : 2;
  const other = 2 - own;
  const held = points[own + (1 - (handle - own))] as Point;
  const half = distance(points[other] as Point, points[other + 1] as Point) / 2;
  const centre = middleOf(pulled, held);
  // Pulled onto the other end the axis has no direction: it keeps the one that it had.
  const isNone = distance(pulled, held) === 0;
  const along = less(isNone ? (points[handle] as Point) : pulled, held);
  const length = Math.hypot(...along) || 1;
  const across: Point = [(-along[1] / length) * half, (along[0] / length) * half];
  const turned: Point[] = [less(centre, across), shifted(centre, across)];
  // The ends stay on the sides where they were.
  const former = less(points[other + 1] as Point, points[other] as Point);
  if (former[0] * across[0] + former[1] * across[1] < 0) turned.reverse();
  const pair: Point[] = handle === own ? [pulled, held] : [held, pulled];
  return own === 0 ? [...pair, ...turned] : [...turned, ...pair];
}

/** The major axis first. */
export function settledEllipse(points: readonly Point[]): Point[] {
  const [a, b, c, d] = points as [Point, Point, Point, Point];
  return distance(a, b) >= distance(c, d) ? [a, b, c, d] : [c, d, a, b];
}

export const ellipse: Shape = {
  words: 'Ellipse',
  outline: (points) => (points.length === 4 ? ellipseOutline(points) : points),
  closed: true,
  handles: (points) => points,
  reshaped: reshapedEllipse,
  tied: true,
  settled: settledEllipse,
  isWhole: ([a, b, c, d]) => !!a && !!b && !!c && !!d && distance(a, b) >= 1 && distance(c, d) >= 1,
};
