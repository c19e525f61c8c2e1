/** Lengths, the two axes of a lesion, angles, arrows. */
import { distance } from '../model/contour';
import type { Point } from '../model/pictures';
import { less, type Scale, type Shape, SQUARE, shifted } from './shape';

/** A line whose every point is a handle. */
function line(words: string, isWhole: Shape['isWhole']): Shape {
  return {
    words,
    outline: (points) => points,
    closed: false,
    handles: (points) => points,
    reshaped: (points, handle, by) => points.map((p, i) => (i === handle ? shifted(p, by) : p)),
    isWhole,
  };
}

const isLong = (points: readonly Point[]): boolean =>
  points.every((p, i) => i === 0 || distance(p, points[i - 1] as Point) >= 1);

export const length = line('Length', isLong);
export const angle = line('Angle', isLong);
export const arrow = line('Arrow', isLong);

/** A place by the long axis: how far along it (0 to 1 between its ends), and how far beside it, in scaled units. */
interface Beside {
  along: number;
  aside: number;
}

/** The long axis: where it begins, its direction as a unit vector in scaled units, and its length there. */
interface Axis {
  from: Point;
  unit: Point;
  size: number;
}

/** `former`: whose direction it has where its ends lie on each other. */
function axis(from: Point, to: Point, [x, y]: Scale, former: Point = [1, 0]): Axis {
  const by: Point = [(to[0] - from[0]) * x, (to[1] - from[1]) * y];
  const size = Math.hypot(by[0], by[1]);
  return { from, unit: size === 0 ? former : [by[0] / size, by[1] / size], size };
}

function besideAxis({ from, unit, size }: Axis, p: Point, scale: Scale): Beside {
  const by: Point = [(p[0] - from[0]) * scale[0], (p[1] - from[1]) * scale[1]];
  return {
    along: size === 0 ? 0 : (by[0] * unit[0] + by[1] * unit[1]) / size,
    aside: -by[0] * unit[1] + by[1] * unit[0],
  };
}

function placeBeside({ from, unit, size }: Axis, { along, aside }: Beside, scale: Scale): Point {
  return [
    from[0] + (unit[0] * along * size - unit[1] * aside) / scale[0],
    from[1] + (unit[1] * along * size + unit[0] * aside) / scale[1],
  ];
}

/** The short axis that is meant by a drag: perpendicular to the long one, through where the drag began. */
export function shortAxis(long: readonly Point[], from: Point, to: Point, scale: Scale = SQUARE): [Point, Point] {
  const of = axis(long[0] as Point, long[1] as Point, scale);
  const start = besideAxis(of, from, scale);
  const end = besideAxis(of, to, scale);
  return [from, placeBeside(of, { along: start.along, aside: end.aside }, scale)];
}

/** The short axis that is meant by a click: as far on the other side of the long one. */
export function mirroredAxis(long: readonly Point[], at: Point, scale: Scale = SQUARE): [Point, Point] {
  const of = axis(long[0] as Point, long[1] as Point, scale);
  const there = besideAxis(of, at, scale);
  return [at, placeBeside(of, { along: there.along, aside: -there.aside }, scale)];
}

/** One end pulled; the axes stay perpendicular, and the other three lengths what they were. */
export function reshapedAxes(points: readonly Point[], handle: number, by: Point, scale: Scale = SQUARE): Point[] {
  const [a, b, c, d] = points as [Point, Point, Point, Point];
  const pulled = shifted(points[handle] as Point, by);
  const former = axis(a, b, scale);
  const ends = [besideAxis(former, c, scale), besideAxis(former, d, scale)] as const;
  if (handle < 2) {
    const long: [Point, Point] = handle === 0 ? [pulled, b] : [a, pulled];
    const now = axis(...long, scale, former.unit);
    return [...long, ...ends.map((end) => placeBeside(now, end, scale))];
  }
  const at = besideAxis(former, pulled, scale);
  const moved = ends.map((end, i) =>
    placeBeside(former, { along: at.along, aside: i === handle - 2 ? at.aside : end.aside }, scale),
  );
  return [a, b, ...moved];
}

/** The long axis first. */
export function settledAxes(points: readonly Point[], [x, y]: Scale = SQUARE): Point[] {
  const [a, b, c, d] = points as [Point, Point, Point, Point];
  const size = (from: Point, to: Point): number => {
    const [column, row] = less(to, from);
    return Math.hypot(column * x, row * y);
  };
  return size(a, b) >= size(c, d) ? [a, b, c, d] : [c, d, a, b];
}

export const bidirectional: Shape = {
  ...line('Bidirectional', ([a, b, c, d]) => !!a && !!b && !!c && !!d && isLong([a, b]) && isLong([c, d])),
  outline: (points) => points.slice(0, 2),
  lines: (points) => (points.length > 2 ? [points.slice(0, 2), points.slice(2)] : [points]),
  reshaped: reshapedAxes,
  tied: true,
  settled: settledAxes,
};
