/** What a kind of mark has on the screen beside its lines: a point's cross, an arrow's head, the caps of calipers. */
import { distance } from '../model/contour';
import type { Point } from '../model/pictures';
import type { MarkKind } from '../model/reading';
import { textScale } from '../page/text_scale';

const CAP = 5;
const HEAD = 11;
const ARC = 22;

/** An SVG path in screen pixels, of a size that no zoom changes. */
export function signOf(kind: MarkKind, points: readonly Point[], selected: boolean): string {
  if (kind === 'point') return points[0] ? cross(points[0], (selected ? 9 : 7) * textScale()) : '';
  if (kind === 'arrow' && points.length === 2) return head(points[0] as Point, points[1] as Point);
  if (kind === 'length' && points.length === 2) return caps(points[0] as Point, points[1] as Point);
  if (kind === 'bidirectional' && points.length >= 2) {
    const [a, b, c, d] = points as [Point, Point, Point?, Point?];
    return caps(a, b) + (c && d ? caps(c, d) : '');
  }
  if (kind === 'angle' && points.length === 3) return arc(points as [Point, Point, Point]);
  return '';
}

function cross([x, y]: Point, size: number): string {
  return `M${x - size} ${y}H${x - 2}M${x + 2} ${y}H${x + size}M${x} ${y - size}V${y - 2}M${x} ${y + 2}V${y + size}`;
}

function direction(from: Point, to: Point): Point {
  const size = distance(from, to) || 1;
  return [(to[0] - from[0]) / size, (to[1] - from[1]) / size];
}

/** A short stroke across each end. */
function caps(a: Point, b: Point): string {
  const [x, y] = direction(a, b);
  const size = CAP * textScale();
  const cap = ([c, r]: Point): string => `M${c - y * size} ${r + x * size}L${c + y * size} ${r - x * size}`;
  return cap(a) + cap(b);
}

function head(tip: Point, tail: Point): string {
  const [x, y] = direction(tip, tail);
  const size = HEAD * textScale();
  const wing = (side: 1 | -1): Point => [
    tip[0] + x * size - side * y * size * 0.45,
    tip[1] + y * size + side * x * size * 0.45,
  ];
  const [left, right] = [wing(1), wing(-1)];
  return `M${left[0]} ${left[1]}L${tip[0]} ${tip[1]}L${right[0]} ${right[1]}`;
}

/** The angle that is measured, drawn at its vertex. */
function arc([a, vertex, b]: [Point, Point, Point]): string {
  const radius = Math.min(ARC, distance(a, vertex) * 0.6, distance(b, vertex) * 0.6);
  const one = direction(vertex, a);
  const two = direction(vertex, b);
  const sweep = one[0] * two[1] - one[1] * two[0] > 0 ? 1 : 0;
  return (
    `M${vertex[0] + one[0] * radius} ${vertex[1] + one[1] * radius}` +
    `A${radius} ${radius} 0 0 ${sweep} ${vertex[0] + two[0] * radius} ${vertex[1] + two[1] * radius}`
  );
}
