/** Which masks are wanted between those that a finding has, slice by slice. Pure. */
import type { StackJson } from '../model/pictures';
import { maskBetween } from './between';
import { type Bitmap, type Box, union } from './bitmap';

export interface MaskOnSlice {
  slice: number;
  bitmap: Bitmap;
}

/** Masks for all slices between two that have one; slices that have one are left as they are. */
export function masksBetween(stack: StackJson, marked: readonly MaskOnSlice[]): MaskOnSlice[] {
  const frame: Box = { column: 0, row: 0, columns: stack.columns, rows: stack.rows };
  const [height = 1, width = 1] = stack.frames[0]?.geometry.spacing ?? [1, 1];
  const ends = onePerSlice(marked);
  const made: MaskOnSlice[] = [];
  for (const [i, from] of ends.entries()) {
    const to = ends[i + 1];
    for (let slice = from.slice + 1; to && slice < to.slice; slice++) {
      const share = shareOfWay(stack, from.slice, slice, to.slice);
      const bitmap = maskBetween(from.bitmap, to.bitmap, share, frame, { width, height });
      if (bitmap) made.push({ slice, bitmap });
    }
  }
  return made;
}

function onePerSlice(marked: readonly MaskOnSlice[]): MaskOnSlice[] {
  const bySlice = new Map<number, Bitmap>();
  for (const { slice, bitmap } of marked) {
    const there = bySlice.get(slice);
    bySlice.set(slice, there ? union(there, bitmap) : bitmap);
  }
  return [...bySlice].map(([slice, bitmap]) => ({ slice, bitmap })).sort((a, b) => a.slice - b.slice);
}

/** How far a slice is on the way from one to another: in millimetres where positions are known, as gaps count. */
export function shareOfWay(stack: StackJson, from: number, slice: number, to: number): number {
  const place = (index: number): readonly number[] | null => stack.frames[index]?.geometry.position ?? null;
  const [a, p, b] = [place(from), place(slice), place(to)];
  const share = a && p && b ? distanceBetween(a, p) / (distanceBetween(a, p) + distanceBetween(p, b)) : Number.NaN;
  return share > 0 && share < 1 ? share : (slice - from) / (to - from);
}

function distanceBetween(a: readonly number[], b: readonly number[]): number {
  return Math.hypot(...a.map((value, axis) => value - (b[axis] as number)));
}
