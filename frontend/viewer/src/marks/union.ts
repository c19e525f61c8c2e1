/**
 * The outline round several closed outlines that touch or overlap. Pure.
 *
 * All edges are cut where they meet, and the outside of what they make is walked once round: from the leftmost corner,
 * at every meeting the edge that turns most to the outside. What is enclosed belongs to it, a gap between the two as well.
 */
import { distance, pointInPolygon } from '../model/contour';
import type { Point } from '../model/pictures';

/** Corners nearer than this, in pixels, are one; far below what is stored. */
const SAME = 1e-5;

type Edge = readonly [Point, Point];

/** The common outline of two; null when they neither touch nor overlap. */
export function unionOutline(one: readonly Point[], other: readonly Point[]): Point[] | null {
  if (one.length < 3 || other.length < 3) return null;
  const edges = [...edgesOf(one), ...edgesOf(other)];
  const meeting = cutWhereTheyMeet(edges, one.length);
  if (!meeting.touches) {
    if (pointInPolygon(other[0] as Point, one)) return walkRound(cutWhereTheyMeet(edgesOf(one), one.length).pieces);
    if (pointInPolygon(one[0] as Point, other)) return walkRound(cutWhereTheyMeet(edgesOf(other), other.length).pieces);
    return null;
  }
  return walkRound(meeting.pieces);
}

function edgesOf(outline: readonly Point[]): Edge[] {
  return outline
    .map((p, i): Edge => [p, outline[(i + 1) % outline.length] as Point])
    .filter(([a, b]) => distance(a, b) > SAME);
}

/** Every edge in pieces that meet others only at their ends; and whether an edge of the first outline meets a later one. */
function cutWhereTheyMeet(edges: readonly Edge[], first: number): { pieces: Edge[]; touches: boolean } {
  const cuts: { at: Point; along: number }[][] = edges.map(() => []);
  let touches = false;
  for (let i = 0; i < edges.length; i++) {
    for (let j = i + 1; j < edges.length; j++) {
      const [p, q] = [edges[i] as Edge, edges[j] as Edge];
      if (!boxesMeet(p, q)) continue;
      for (const at of meetingsOf(p, q)) {
        if (i < first && j >= first) touches = true;
        cuts[i]?.push({ at, along: partAlong(p, at) });
        cuts[j]?.push({ at, along: partAlong(q, at) });
      }
    }
  }
  const pieces = edges.flatMap(([a, b], i) => {
    const stops = [a, ...(cuts[i] ?? []).sort((x, y) => x.along - y.along).map((cut) => cut.at), b];
    return stops.slice(1).map((stop, k): Edge => [stops[k] as Point, stop]);
  });
  return { pieces, touches };
}

function boxesMeet([a, b]: Edge, [c, d]: Edge): boolean {
  for (const axis of [0, 1] as const) {
    if (Math.max(a[axis], b[axis]) + SAME < Math.min(c[axis], d[axis])) return false;
    if (Math.max(c[axis], d[axis]) + SAME < Math.min(a[axis], b[axis])) return false;
  }
  return true;
}

/** Where two edges meet: a crossing, or the ends of one that lie on the other. */
function meetingsOf(p: Edge, q: Edge): Point[] {
  const ends = [...p.filter((end) => liesOn(end, q)), ...q.filter((end) => liesOn(end, p))];
  if (ends.length > 0) return ends;
  const [a, b] = p;
  const [c, d] = q;
  const [r, s] = [
    [b[0] - a[0], b[1] - a[1]],
    [d[0] - c[0], d[1] - c[1]],
  ] as [Point, Point];
  const cross = r[0] * s[1] - r[1] * s[0];
  if (cross === 0) return [];
  const t = ((c[0] - a[0]) * s[1] - (c[1] - a[1]) * s[0]) / cross;
  const u = ((c[0] - a[0]) * r[1] - (c[1] - a[1]) * r[0]) / cross;
  return t > 0 && t < 1 && u > 0 && u < 1 ? [[a[0] + t * r[0], a[1] + t * r[1]]] : [];
}

function partAlong([a, b]: Edge, p: Point): number {
  return ((p[0] - a[0]) * (b[0] - a[0]) + (p[1] - a[1]) * (b[1] - a[1])) / distance(a, b) ** 2;
}

function liesOn(p: Point, edge: Edge): boolean {
  const [a, b] = edge;
  const t = Math.min(1, Math.max(0, partAlong(edge, p)));
  return distance(p, [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]) <= SAME;
}

/** The outermost way round the pieces, from their leftmost corner. */
function walkRound(pieces: readonly Edge[]): Point[] {
  const { corners, beside } = netOf(pieces);
  let start = 0;
  corners.forEach((p, i) => {
    const best = corners[start] as Point;
    if (p[0] < best[0] || (p[0] === best[0] && p[1] < best[1])) start = i;
  });
  const outline: Point[] = [];
  let [at, from] = [start, -1];
  // Nothing lies left of the first corner: as if one came from there.
  let back = Math.PI;
  const second = { corner: -1, set: false };
  for (let step = 0; step <= 2 * pieces.length; step++) {
    const here = corners[at] as Point;
    const next = leftmostTurn(corners, beside[at] ?? new Set(), here, back, from);
    if (next === -1) break;
    if (at === start && second.set && next === second.corner) break;
    if (!second.set) Object.assign(second, { corner: next, set: true });
    outline.push(here);
    const there = corners[next] as Point;
    back = Math.atan2(here[1] - there[1], here[0] - there[0]);
    [from, at] = [at, next];
  }
  return outline;
}

/** The neighbour that comes first when one turns from where one came, always the same way round. */
function leftmostTurn(
  corners: readonly Point[],
  neighbours: ReadonlySet<number>,
  here: Point,
  back: number,
  from: number,
): number {
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  for (const corner of neighbours) {
    const there = corners[corner] as Point;
    let turn = Math.atan2(there[1] - here[1], there[0] - here[0]) - back;
    while (turn <= 1e-12) turn += 2 * Math.PI;
    // Straight back only where there is no other way.
    if (corner === from) turn = 2 * Math.PI;
    if (turn < least) [least, best] = [turn, corner];
  }
  return best;
}

/** The corners of the pieces, each once, and which of them are joined. */
function netOf(pieces: readonly Edge[]): { corners: Point[]; beside: Set<number>[] } {
  const corners: Point[] = [];
  const beside: Set<number>[] = [];
  const cells = new Map<string, number>();
  const numberOf = (p: Point): number => {
    const [x, y] = [Math.round(p[0] / SAME), Math.round(p[1] / SAME)];
    for (const dx of [0, -1, 1]) {
      for (const dy of [0, -1, 1]) {
        const known = cells.get(`${x + dx},${y + dy}`);
        if (known !== undefined) return known;
      }
    }
    cells.set(`${x},${y}`, corners.length);
    corners.push(p);
    beside.push(new Set());
    return corners.length - 1;
  };
  for (const [a, b] of pieces) {
    const [i, j] = [numberOf(a), numberOf(b)];
    if (i === j) continue;
    beside[i]?.add(j);
    beside[j]?.add(i);
  }
  return { corners, beside };
}
