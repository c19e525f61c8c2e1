/** Cutting a plane through a stack of slices: linear between their values, straight from the frames in memory. Pure. */
import { inGrid, type PlaneStack, planeAt, scaled, type VolumeGrid, voxelOf } from '../model/mpr';
import type { Pixels } from './modality';
import { alike, roomiest } from './slab';

export interface Cut {
  pixels: Pixels;
  /** Of what lies within the volume. */
  minimum: number;
  maximum: number;
}

/** Voxels this far beyond the first or last centre are rounding. */
const ROUNDING = 1e-4;

/**
 * One plane of the volume.
 *
 * @param slices the frames' values in order; null where one is not in memory. At least one must be.
 * @param outside shown where the volume ends, or where a slice is not there.
 */
export function cut(
  grid: VolumeGrid,
  planes: PlaneStack,
  index: number,
  slices: readonly (Pixels | null)[],
  outside: number,
): Cut {
  const like = roomiest(slices.filter((slice) => slice !== null));
  if (!like) throw new Error('None of the slices is there.');
  const out = alike(like, planes.columns * planes.rows);
  const start = voxelOf(grid, planeAt(planes, index).origin);
  const right = inGrid(grid, scaled(planes.right, planes.spacing));
  const down = inGrid(grid, scaled(planes.down, planes.spacing));
  const rounds = !(out instanceof Float32Array);
  const columns = grid.columns;
  const lastColumn = grid.columns - 1;
  const lastRow = grid.rows - 1;
  const lastSlice = grid.slices - 1;
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  let to = 0;
  // Scalars all the way: this runs for every pixel of every step through the planes.
  for (let v = 0; v < planes.rows; v++) {
    const i1 = start[0] + v * down[0];
    const j1 = start[1] + v * down[1];
    const k1 = start[2] + v * down[2];
    for (let u = 0; u < planes.columns; u++, to++) {
      // Always from the start of the row: added up over a thousand pixels, rounding would leave the grid.
      const i = i1 + u * right[0];
      const j = j1 + u * right[1];
      const k = k1 + u * right[2];
      const i0 = Math.floor(i + ROUNDING);
      const j0 = Math.floor(j + ROUNDING);
      const k0 = Math.floor(k + ROUNDING);
      // Parts of a voxel beyond its centre; 0 needs no neighbour, which may not be there.
      const fi = i - i0 > ROUNDING ? i - i0 : 0;
      const fj = j - j0 > ROUNDING ? j - j0 : 0;
      const fk = k - k0 > ROUNDING ? k - k0 : 0;
      const within =
        i0 >= 0 &&
        j0 >= 0 &&
        k0 >= 0 &&
        (fi > 0 ? i0 < lastColumn : i0 <= lastColumn) &&
        (fj > 0 ? j0 < lastRow : j0 <= lastRow) &&
        (fk > 0 ? k0 < lastSlice : k0 <= lastSlice);
      const lower = within ? slices[k0] : null;
      const upper = fk > 0 && within ? slices[k0 + 1] : lower;
      if (!lower || !upper) {
        out[to] = outside;
        continue;
      }
      const at = j0 * columns + i0;
      let value = between(lower, at, columns, fi, fj);
      if (fk > 0) value += (between(upper, at, columns, fi, fj) - value) * fk;
      if (rounds) value = Math.round(value);
      out[to] = value;
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
    }
  }
  return minimum > maximum ? { pixels: out, minimum: outside, maximum: outside } : { pixels: out, minimum, maximum };
}

/** The value between the pixels of a slice, by as many of them as are needed. */
function between(slice: Pixels, at: number, columns: number, fi: number, fj: number): number {
  const first = slice[at] as number;
  const upper = fi > 0 ? first + ((slice[at + 1] as number) - first) * fi : first;
  if (fj === 0) return upper;
  const below = slice[at + columns] as number;
  const lower = fi > 0 ? below + ((slice[at + columns + 1] as number) - below) * fi : below;
  return upper + (lower - upper) * fj;
}
