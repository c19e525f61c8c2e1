/** A closed outline cut in two by a line. Pure. */
import { distance, longestAxis } from '../model/contour';
import type { Point } from '../model/pictures';

interface Crossing {
  /** 0 at the line's beginning, 1 at its end; the line goes on beyond both. */
  along: number;
  /** The edge from this vertex to the next. */
  edge: number;
  at: Point;
}

/**
 * The two parts of an outline on either side of a line through two points; null when the line misses it.
 *
 * A line that crosses several times cuts only where it was drawn: through the part of the inside that the drawn piece
 * covers most of.
 */
export function cutOutline(outline: readonly Point[], from: Point, to: Point): [Point[], Point[]] | null {
  if (outline.length < 3 || distance(from, to) === 0) return null;
  const crossings = crossingsOf(outline, from, to);
  let best: { enter: Crossing; leave: Crossing; covered: number } | null = null;
  for (let i = 0; i + 1 < crossings.length; i += 2) {
    const [enter, leave] = [crossings[i] as Crossing, crossings[i + 1] as Crossing];
    const covered = Math.min(leave.along, 1) - Math.max(enter.along, 0);
    if (covered > 0 && (!best || covered > best.covered)) best = { enter, leave, covered };
  }
  if (!best) return null;
  const parts: [Point[], Point[]] = [around(outline, best.enter, best.leave), around(outline, best.leave, best.enter)];
  return parts.every((part) => part.length >= 3) ? parts : null;
}

/** Cut along the longest axis. */
export function cutAlong(outline: readonly Point[]): [Point[], Point[]] | null {
  const { from, to } = longestAxis(outline);
  return cutOutline(outline, from, to);
}

/** Where a line crosses an outline, in order along the line. */
function crossingsOf(outline: readonly Point[], from: Point, to: Point): Crossing[] {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const side = (p: Point): number => (p[0] - from[0]) * dy - (p[1] - from[1]) * dx;
  const found: Crossing[] = [];
  outline.forEach((a, edge) => {
    const b = outline[(edge + 1) % outline.length] as Point;
    const [sa, sb] = [side(a), side(b)];
    // A vertex on the line belongs to one side, so that the line goes in as often as it comes out.
    if (sa > 0 === sb > 0) return;
    const part = sa / (sa - sb);
    const at: Point = [a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])];
    const along = ((at[0] - from[0]) * dx + (at[1] - from[1]) * dy) / (dx * dx + dy * dy);
    found.push({ along, edge, at });
  });
  return found.sort((a, b) => a.along - b.along);
}

/** The outline from one crossing on to another, both included. */
function around(outline: readonly Point[], start: Crossing, end: Crossing): Point[] {
  const count = outline.length;
  const part: Point[] = [start.at];
  const steps = (end.edge - start.edge + count) % count;
  for (let step = 1; step <= steps; step++) part.push(outline[(start.edge + step) % count] as Point);
  part.push(end.at);
  return part.filter((p, i) => distance(p, part[(i + 1) % part.length] as Point) > 1e-6);
}
