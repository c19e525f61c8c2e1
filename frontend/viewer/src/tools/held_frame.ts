/** The frame on which a gesture of several presses began: it draws there, whatever is scrolled to meanwhile. */
import { distance } from '../model/contour';
import { applyAffine, clampToFrame } from '../model/geometry';
import type { FrameJson, Point, StackJson } from '../model/types';
import type { Stage } from './tool';

export interface HeldFrame {
  stack: StackJson;
  frame: FrameJson;
  /** The slice to come back to. */
  home: number;
  /** The stored pixel under the mouse, within the frame; null while another slice is shown. */
  at(event: PointerEvent): Point | null;
  /** How far apart two stored pixels are on the screen. */
  onScreen(a: Point, b: Point): number;
}

/** Null where nothing can be drawn: no picture, or who only looks. */
export function holdFrame({ pane, acts }: Stage): HeldFrame | null {
  const { stack, frame } = pane;
  if (!stack || !frame || !pane.pixelToPane || !acts.mayEdit) return null;
  return {
    stack,
    frame,
    home: pane.shown,
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
