/** The pixels of a mask, a byte each, within a box of whole pixels of its frame. Pure. */
import type { Point } from '../model/pictures';

/** Part of a frame: its top-left pixel and how many columns and rows. */
export interface Box {
  readonly column: number;
  readonly row: number;
  readonly columns: number;
  readonly rows: number;
}

export interface Bitmap extends Box {
  /** 1 is in, 0 is out; row by row. */
  readonly pixels: Uint8Array;
}

export function emptyBitmap({ column, row, columns, rows }: Box): Bitmap {
  return { column, row, columns, rows, pixels: new Uint8Array(columns * rows) };
}

/** The smallest box around both. */
export function around(a: Box, b: Box): Box {
  const column = Math.min(a.column, b.column);
  const row = Math.min(a.row, b.row);
  return {
    column,
    row,
    columns: Math.max(a.column + a.columns, b.column + b.columns) - column,
    rows: Math.max(a.row + a.rows, b.row + b.rows) - row,
  };
}

/** What both have in common; null when that is nothing. */
export function overlap(a: Box, b: Box): Box | null {
  const column = Math.max(a.column, b.column);
  const row = Math.max(a.row, b.row);
  const columns = Math.min(a.column + a.columns, b.column + b.columns) - column;
  const rows = Math.min(a.row + a.rows, b.row + b.rows) - row;
  return columns > 0 && rows > 0 ? { column, row, columns, rows } : null;
}

export function grownBox({ column, row, columns, rows }: Box, by: number): Box {
  return { column: column - by, row: row - by, columns: columns + 2 * by, rows: rows + 2 * by };
}

/** The two corners that a mask's record has as its points. */
export function cornersOf({ column, row, columns, rows }: Box): [Point, Point] {
  return [
    [column, row],
    [column + columns, row + rows],
  ];
}

/** Whether a pixel of the frame is in; what lies beside the box is out. */
export function isIn({ column, row, columns, rows, pixels }: Bitmap, atColumn: number, atRow: number): boolean {
  const c = atColumn - column;
  const r = atRow - row;
  return c >= 0 && r >= 0 && c < columns && r < rows && pixels[r * columns + c] === 1;
}

/** How many pixels are in. */
export function areaOf({ pixels }: Bitmap): number {
  let area = 0;
  for (let i = 0; i < pixels.length; i++) area += pixels[i] as number;
  return area;
}

/** The same pixels within another box; what lies beside it is lost. */
export function cropped(bitmap: Bitmap, box: Box): Bitmap {
  const made = emptyBitmap(box);
  const common = overlap(box, bitmap);
  if (!common) return made;
  const { columns } = common;
  for (let row = common.row; row < common.row + common.rows; row++) {
    const from = (row - bitmap.row) * bitmap.columns + common.column - bitmap.column;
    const to = (row - box.row) * box.columns + common.column - box.column;
    made.pixels.set(bitmap.pixels.subarray(from, from + columns), to);
  }
  return made;
}

/** Set the pixels of `target` that are in `what` to a value; what lies beside the target's box is left out. */
export function lay(target: Bitmap, what: Bitmap, value: 0 | 1): void {
  const common = overlap(target, what);
  if (!common) return;
  for (let row = common.row; row < common.row + common.rows; row++) {
    let to = (row - target.row) * target.columns + common.column - target.column;
    let from = (row - what.row) * what.columns + common.column - what.column;
    for (let i = 0; i < common.columns; i++, to++, from++) if (what.pixels[from] === 1) target.pixels[to] = value;
  }
}

/** The bitmap in the smallest box that holds all that is in; null when nothing is. `within` limits the search. */
export function trimmed(bitmap: Bitmap, within: Box = bitmap): Bitmap | null {
  const box = overlap(bitmap, within);
  if (!box) return null;
  let [left, right, top, bottom] = [Number.POSITIVE_INFINITY, -1, -1, -1];
  for (let row = box.row; row < box.row + box.rows; row++) {
    const start = (row - bitmap.row) * bitmap.columns - bitmap.column;
    const first = bitmap.pixels.indexOf(1, start + box.column);
    if (first < 0 || first >= start + box.column + box.columns) continue;
    const last = bitmap.pixels.lastIndexOf(1, start + box.column + box.columns - 1);
    if (top < 0) top = row;
    bottom = row;
    left = Math.min(left, first - start);
    right = Math.max(right, last - start);
  }
  if (top < 0) return null;
  return cropped(bitmap, { column: left, row: top, columns: right - left + 1, rows: bottom - top + 1 });
}

export function union(a: Bitmap, b: Bitmap): Bitmap {
  const made = cropped(a, around(a, b));
  lay(made, b, 1);
  return made;
}

/** What is in the first and not in the second; null when nothing is left. */
export function subtracted(a: Bitmap, b: Bitmap): Bitmap | null {
  const made = cropped(a, a);
  lay(made, b, 0);
  return trimmed(made);
}

/** Grown by the pixels that share an edge with one that is in, no further than the frame. */
export function grown(bitmap: Bitmap, frame: Box): Bitmap {
  const made = emptyBitmap(overlap(grownBox(bitmap, 1), frame) ?? bitmap);
  for (const [across, down] of [
    [0, 0],
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ] as const) {
    lay(made, { ...bitmap, column: bitmap.column + across, row: bitmap.row + down }, 1);
  }
  return made;
}

/** Without the pixels that share an edge with one that is out; the frame's edge takes nothing away. Null: all gone. */
export function shrunk(bitmap: Bitmap, frame: Box): Bitmap | null {
  const box = overlap(grownBox(bitmap, 1), frame) ?? bitmap;
  const out = emptyBitmap(box);
  out.pixels.fill(1);
  lay(out, bitmap, 0);
  const made = cropped(bitmap, bitmap);
  lay(made, grown(out, box), 0);
  return trimmed(made);
}
