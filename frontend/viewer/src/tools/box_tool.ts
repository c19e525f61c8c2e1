/** Draw a box from corner to corner; a press on a handle of the selected box reshapes that one. */
import { SHAPES } from '../marks/shapes';
import { clampToFrame } from '../model/geometry';
import type { FrameJson, Point } from '../model/types';
import { handleAt } from './hit_test';
import { reshapeOrMove } from './reshape';
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
  const { pane, layer, acts } = stage;
  const { stack, frame, pixelToPane } = pane;
  const raw = pane.pixelAt(event.clientX, event.clientY);
  if (!stack || !frame || !raw || !pixelToPane || !acts.mayEdit) return null;
  const selected = layer.shown.find((m) => m.selected && m.kind === 'box');
  if (selected && handleAt(selected, pixelToPane, pane.panePoint(event.clientX, event.clientY)) !== null) {
    return reshapeOrMove(event, stage, selected);
  }
  const start = clampToFrame(raw, stack.columns, stack.rows);
  let points: [Point, Point] | null = null;
  return {
    move: (e) => {
      const to = pane.pixelAt(e.clientX, e.clientY);
      if (!to) return;
      points = [start, clampToFrame(to, stack.columns, stack.rows)];
      layer.setDraft({ kind: 'box', points, closed: true });
    },
    end: () => {
      layer.setDraft(null);
      if (points && SHAPES.box.isWhole(points)) keep(frame, points);
    },
    cancel: () => layer.setDraft(null),
  };
}
