/** The parts of a mask that hang together by the edges of their pixels. Pure. */
import { type Bitmap, emptyBitmap } from './bitmap';

/** Neighbouring pixels of one row that are in: from the first column up to and with the last, as the frame counts. */
export interface Segment {
  row: number;
  first: number;
  last: number;
}

export function segmentsOf({ column, row, columns, rows, pixels }: Bitmap): Segment[] {
  const found: Segment[] = [];
  for (let r = 0; r < rows; r++) {
    const end = (r + 1) * columns;
    let at = pixels.indexOf(1, r * columns);
    while (at >= 0 && at < end) {
      const out = pixels.indexOf(0, at);
      const next = out < 0 ? end : Math.min(out, end);
      found.push({ row: row + r, first: column + at - r * columns, last: column + next - 1 - r * columns });
      at = pixels.indexOf(1, next);
    }
    // Nothing more is in: no row below has to be looked through.
    if (at < 0) break;
    if (at >= end) r = Math.floor(at / columns) - 1;
  }
  return found;
}

/** Segments that touch by an edge, directly or through others, together; the largest part first. */
export function partsAsSegments(bitmap: Bitmap): Segment[][] {
  const segments = segmentsOf(bitmap);
  const parents = segments.map((_, i) => i);
  const rootOf = (of: number): number => {
    let root = of;
    while (parents[root] !== root) root = parents[root] as number;
    for (let i = of; i !== root; ) {
      const next = parents[i] as number;
      parents[i] = root;
      i = next;
    }
    return root;
  };
  // The segments come row by row: those of the row above lie just before.
  for (let i = 0, above = 0; i < segments.length; i++) {
    const { row, first, last } = segments[i] as Segment;
    while ((segments[above] as Segment).row < row - 1 || isLeftOf(segments[above] as Segment, row, first)) above += 1;
    for (let k = above; k < i; k++) {
      const other = segments[k] as Segment;
      if (other.row >= row || other.first > last) break;
      if (other.last >= first) parents[rootOf(i)] = rootOf(k);
    }
  }
  const parts = new Map<number, Segment[]>();
  segments.forEach((segment, i) => {
    const root = rootOf(i);
    const part = parts.get(root);
    if (part) part.push(segment);
    else parts.set(root, [segment]);
  });
  return [...parts.values()].sort((a, b) => pixelsIn(b) - pixelsIn(a));
}

function isLeftOf(segment: Segment, row: number, column: number): boolean {
  return segment.row === row - 1 && segment.last < column;
}

function pixelsIn(part: readonly Segment[]): number {
  return part.reduce((sum, { first, last }) => sum + last - first + 1, 0);
}

/** Each part as a mask of its own; the largest first. */
export function partsOf(bitmap: Bitmap): Bitmap[] {
  return partsAsSegments(bitmap).map((part) => {
    const column = part.reduce((least, { first }) => Math.min(least, first), Number.POSITIVE_INFINITY);
    const right = part.reduce((most, { last }) => Math.max(most, last), 0);
    const row = (part[0] as Segment).row;
    const made = emptyBitmap({
      column,
      row,
      columns: right + 1 - column,
      rows: (part.at(-1) as Segment).row + 1 - row,
    });
    for (const { row: at, first, last } of part) {
      const start = (at - row) * made.columns - column;
      made.pixels.fill(1, start + first, start + last + 1);
    }
    return made;
  });
}
