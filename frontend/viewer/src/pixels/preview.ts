/**
 * Previews: a frame as a windowed JPEG at the size of the pane, for slow lines. Pure.
 *
 * A preview is shown like any picture: its greys are put back to the modality values of the window that it was made
 * with, so that windowing, marks and inversion need know nothing of it. What lay outside that window is lost until
 * the stored pixels come.
 */
import type { ImagePlane } from '../model/geometry';
import type { FrameJson, StackJson, Window } from '../model/pictures';
import { initialWindow, voiTableOf, windowRange } from '../model/windows';
import type { Modality } from './modality';

/** As a level: coarser than any that a codestream has. */
export const PREVIEW = 9;

/** How a pane wants to see the previews of a stack. */
export interface Look {
  window: Window | null;
  /** In pixels of the screen. */
  width: number;
  height: number;
}

/** Whether a JPEG says enough: not where greys follow a table or a curve, or no window is known before the pixels are. */
export function mayBePreviewed(stack: StackJson, frame: FrameJson): boolean {
  if (frame.colour) return true;
  const window = initialWindow(stack, frame);
  return window !== null && !frame.modality_lut && !voiTableOf(stack, frame);
}

/** The window that a preview is made with. */
export function previewWindow(stack: StackJson, frame: FrameJson, look: Look | undefined): Window | null {
  return frame.colour ? null : (look?.window ?? initialWindow(stack, frame));
}

/** The size of a preview: what fits into the pane, never more than is stored. */
export function previewSize(stack: StackJson, look: Look | undefined): { columns: number; rows: number } {
  const { width, height } = look ?? { width: 512, height: 512 };
  const scale = Math.min(1, width / stack.columns, height / stack.rows);
  return {
    columns: Math.max(1, Math.round(stack.columns * scale)),
    rows: Math.max(1, Math.round(stack.rows * scale)),
  };
}

/** What is asked of a frame's address (api/rendered_query.py). */
export function previewQuery(stack: StackJson, frame: FrameJson, look: Look | undefined): string {
  const { columns, rows } = previewSize(stack, look);
  const window = previewWindow(stack, frame, look);
  const { lower, upper } = window ? windowRange(window) : { lower: 0, upper: 1 };
  // The same black and white by the plainest function: centre and width as LINEAR_EXACT has them.
  const shades = window ? `&window=${(lower + upper) / 2},${Math.max(upper - lower, 1e-3)},linear-exact` : '';
  return `/rendered?viewport=${columns},${rows}${shades}`;
}

/** From greys back to modality values. */
export function previewModality(stack: StackJson, frame: FrameJson, look: Look | undefined): Modality {
  const window = previewWindow(stack, frame, look);
  const { lower, upper } = window ? windowRange(window) : { lower: 0, upper: 255 };
  const step = (upper - lower) / 255;
  return {
    // MONOCHROME1 comes inverted, as it is seen.
    slope: frame.inverted ? -step : step,
    intercept: frame.inverted ? upper : lower,
    lut: null,
    voi: null,
    padding: null,
    inverted: false,
    bitsStored: 8,
    signed: false,
  };
}

/** The plane of a picture of that size over the whole frame: larger pixels, the same outer edges. */
export function stretchedPlane(plane: ImagePlane, stack: StackJson, columns: number, rows: number): ImagePlane {
  const [across, down] = [stack.columns / columns, stack.rows / rows];
  const right = ((across - 1) / 2) * plane.columnSpacing;
  const below = ((down - 1) / 2) * plane.rowSpacing;
  const moved = (axis: 0 | 1 | 2): number =>
    plane.origin[axis] + plane.alongRow[axis] * right + plane.alongColumn[axis] * below;
  return {
    ...plane,
    origin: [moved(0), moved(1), moved(2)],
    columnSpacing: plane.columnSpacing * across,
    rowSpacing: plane.rowSpacing * down,
  };
}
