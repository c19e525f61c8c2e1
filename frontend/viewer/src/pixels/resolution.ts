/**
 * At which resolution a frame is decoded: 0 is the stored one, each level halves it. Pure.
 *
 * A level's samples are the low-pass ones of the wavelet, which lie on every 2^level-th stored pixel: sample 0 on the
 * centre of pixel 0. So a reduced picture has the first pixel's place and 2^level times the spacing, and everything
 * in it lies exactly where it lies in the stored matrix. Marks and measures never see a level.
 */
import { type ImagePlane, imagePlane } from '../model/geometry';
import type { FrameJson, StackJson } from '../model/pictures';
import { initialWindow, voiTableOf } from '../model/windows';

/** Halvings that the frame store keeps (annotator/imaging/pixels/htj2k.py). */
export const COARSEST = 5;
/** Smaller frames decode in a few milliseconds whole. */
const SMALLEST_REDUCED = 1_500_000;

/**
 * Whether a frame may be shown reduced: large HTJ2K whose greys follow its values evenly. Averages of values that go
 * through a table would be other greys, and a frame without any window takes its range from all of its values.
 */
export function mayBeReduced(stack: StackJson, frame: FrameJson): boolean {
  return (
    frame.format === 'htj2k' &&
    stack.rows * stack.columns >= SMALLEST_REDUCED &&
    !frame.modality_lut &&
    !voiTableOf(stack, frame) &&
    (frame.colour || initialWindow(stack, frame) !== null)
  );
}

/** The coarsest level that has a sample for every pixel of the screen, at this many screen pixels a stored pixel. */
export function levelFor(screenPixels: number): number {
  if (!(screenPixels > 0)) return COARSEST;
  // A hair below a half is a half: rounding of the camera must not cost four times the pixels.
  return Math.min(COARSEST, Math.max(0, Math.floor(Math.log2(1 / screenPixels) + 0.01)));
}

/** Rows or columns of a level. */
export function sizeAt(level: number, stored: number): number {
  return Math.ceil(stored / 2 ** level);
}

/** The plane of a reduced picture: the same first pixel, larger steps. */
export function planeAt(level: number, plane: ImagePlane): ImagePlane {
  const times = 2 ** level;
  return { ...plane, columnSpacing: plane.columnSpacing * times, rowSpacing: plane.rowSpacing * times };
}

/** The size and the plane of a picture of a frame. */
export interface Shape {
  columns: number;
  rows: number;
  plane: ImagePlane;
}

export function shapeAt(level: number, stack: StackJson, frame: FrameJson): Shape {
  const plane = planeAt(level, imagePlane(frame.geometry));
  return { columns: sizeAt(level, stack.columns), rows: sizeAt(level, stack.rows), plane };
}

/** Of the levels that are there, the one to show: no finer than wanted needs, else the finest there is. */
export function bestLevel(there: Iterable<number>, wanted: number): number | null {
  let fine: number | null = null;
  let coarse: number | null = null;
  for (const level of there) {
    if (level <= wanted) fine = Math.max(fine ?? level, level);
    else coarse = Math.min(coarse ?? level, level);
  }
  return fine ?? coarse;
}
