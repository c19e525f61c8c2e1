/** The frame on which a gesture of several presses began: it draws there, whatever is scrolled to meanwhile. */
import { distance } from '../model/contour';
import { applyAffine, clampToFrame } from '../model/geometry';
import type { FrameJson, Point, StackJson } from '../model/pictures';
import type { Stage } from './tool';

export interface HeldFrame {
  stack: StackJson;
  frame: FrameJson;
  /** Come back to it: the reader scrolled away meanwhile. */
  back(): void;
  /** The stored pixel under the mouse, within the frame; null while another slice is shown. */
  at(event: PointerEvent): Point | null;
  /** How far apart two stored pixels are on the screen. */
  onScreen(a: Point, b: Point): number;
}

/**
 * Null where nothing can be drawn: no picture, or who only looks.
 *
 * @param key of a frame of the pane's stack, which need not be shown yet; else the one that is.
 */
export function holdFrame({ pane, acts }: Stage, key?: string): HeldFrame | null {
  const { stack } = pane;
  const index = key === undefined ? pane.shown : (stack?.frames.findIndex((one) => one.key === key) ?? -1);
  const frame = key === undefined ? pane.frame : stack?.frames[index];
  if (!stack || !frame || !acts.mayEdit || (key === undefined && !pane.pixelToPane)) return null;
  return {
    stack,
    frame,
    back: () => {
      if (pane.stack?.key === stack.key) pane.goToFrame(index);
    },
    at: (event) => {
      const pixel = pane.frame?.key === frame.key ? pane.pixelAt(event.clientX, event.clientY) : null;
      return pixel && clampToFrame(pixel, stack.columns, stack.rows);
    },
    onScreen: (a, b) => {
      const affine = pane.pixelToPane;
      return affine ? distance(applyAffine(affine, a), applyAffine(affine, b)) : Number.POSITIVE_INFINITY;
    },
  };
}
