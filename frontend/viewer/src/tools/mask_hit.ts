/** Whether the mouse is on a mask: by its pixels. Pure. */
import { type Bitmap, isIn } from '../masks/bitmap';
import { bitmapOf, runArea } from '../masks/runs';
import { type Affine, affineScale, applyAffine, invertAffine } from '../model/geometry';
import type { Point } from '../model/pictures';
import type { MaskRuns } from '../model/reading';

/** How far beside a pixel still counts, in pixels of the screen: a speck can be hit too. */
const REACH = 4;

/** What a mask covers of the screen; null where the point is not on one of its pixels. */
export function maskAreaAt(points: readonly Point[], mask: MaskRuns, affine: Affine, at: Point): number | null {
  const stored = invertAffine(affine);
  const bitmap = bitmapOf(points, mask);
  const near = [
    [0, 0],
    [REACH, 0],
    [-REACH, 0],
    [0, REACH],
    [0, -REACH],
  ].map(([x, y]) => applyAffine(stored, [at[0] + (x as number), at[1] + (y as number)]));
  return near.some((place) => covers(bitmap, place)) ? runArea(mask) * affineScale(affine) ** 2 : null;
}

function covers(bitmap: Bitmap, [column, row]: Point): boolean {
  return isIn(bitmap, Math.floor(column), Math.floor(row));
}
