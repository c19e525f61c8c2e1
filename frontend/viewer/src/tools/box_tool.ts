/** Draw a box from corner to corner. */
import type { FrameJson, Point } from '../model/pictures';
import { drawByDrag } from './dragged_shape';
import type { Gesture, Stage, Tool } from './tool';

export const boxTool: Tool = {
  cursor: 'crosshair',
  begin: (event, stage) => drawBox(event, stage, (frame, points) => stage.acts.addMark(frame.key, 'box', points)),
};

/** The gesture that draws a box; what becomes of it is the tool's. */
export function drawBox(
  event: PointerEvent,
  stage: Stage,
  keep: (frame: FrameJson, points: readonly Point[]) => void,
): Gesture | null {
  return drawByDrag(event, stage, { kind: 'box', points: (from, to) => [from, to], keep });
}
