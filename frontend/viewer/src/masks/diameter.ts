/** How long a mask is. Pure. */
import type { Scale } from '../marks/shape';
import { longestAxis } from '../model/contour';
import type { Point } from '../model/pictures';
import type { MaskRuns } from '../model/reading';
import type { Bitmap } from './bitmap';
import { partsAsSegments, type Segment } from './components';
import { bitmapOf } from './runs';

const known = new WeakMap<MaskRuns, { scale: Scale; diameter: number }>();

/** The longest line in a part of a mask, in millimetres or pixels; kept, for it is asked for whenever a mark is shown. */
export function maskDiameter(points: readonly Point[], mask: MaskRuns, scale: Scale): number {
  const kept = known.get(mask);
  if (kept && kept.scale[0] === scale[0] && kept.scale[1] === scale[1]) return kept.diameter;
  const diameter = longestDiameter(bitmapOf(points, mask), scale[0], scale[1]);
  known.set(mask, { scale, diameter });
  return diameter;
}

/** The longest line between two places of the outline of one part, pixels being this wide and high. */
export function longestDiameter(bitmap: Bitmap, width: number, height: number): number {
  return partsAsSegments(bitmap).reduce((longest, part) => {
    const hull = convexHull(
      rowEnds(part)
        .flatMap(edgesOf)
        .map(([c, r]): Point => [c * width, r * height]),
    );
    return Math.max(longest, longestAxis(hull).length);
  }, 0);
}

/** A part's first and last pixel of every row: what lies between is never on its hull. */
function rowEnds(part: readonly Segment[]): Segment[] {
  const rows: Segment[] = [];
  for (const segment of part) {
    const last = rows.at(-1);
    if (last?.row !== segment.row) rows.push({ ...segment });
    else {
      last.first = Math.min(last.first, segment.first);
      last.last = Math.max(last.last, segment.last);
    }
  }
  return rows;
}

/** The middles of the outer edges of a segment's first and last pixels. */
function edgesOf({ row, first, last }: Segment): Point[] {
  return [
    [first, row + 0.5],
    [last + 1, row + 0.5],
    [first + 0.5, row],
    [last + 0.5, row],
    [first + 0.5, row + 1],
    [last + 0.5, row + 1],
  ];
}

/** Andrew's monotone chain. */
function convexHull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (line: readonly Point[]): Point[] => {
    const kept: Point[] = [];
    for (const p of line) {
      while (kept.length > 1 && !isLeftTurn(kept.at(-2) as Point, kept.at(-1) as Point, p)) kept.pop();
      kept.push(p);
    }
    return kept.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

function isLeftTurn(a: Point, b: Point, c: Point): boolean {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) > 0;
}
