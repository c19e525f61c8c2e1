/** Moving a mark, or pulling one of its handles, with the mouse. */

import { moved, SHAPES } from '../marks/shapes';
import { clampToFrame } from '../model/geometry';
import type { Point } from '../model/types';
import type { ShownMark } from '../pane/marks_layer';
import { handleAt } from './hit_test';
import { DRAG_THRESHOLD, type Gesture, type Stage } from './tool';

/** A gesture that reshapes the mark when a handle was pressed, else moves it. */
export function reshapeOrMove(event: PointerEvent, stage: Stage, mark: ShownMark): Gesture | null {
  const { pane, layer, acts } = stage;
  const start = pane.pixelAt(event.clientX, event.clientY);
  const affine = pane.pixelToPane;
  const stack = pane.stack;
  const record = acts.workspace.records.get('annotation', mark.id);
  if (!start || !affine || !stack || mark.dashed || !record || !acts.mayEdit || !acts.isMine(record)) return null;
  const handle = mark.selected ? handleAt(mark, affine, pane.panePoint(event.clientX, event.clientY)) : null;
  const reshape = (to: Point): Point[] => {
    const by: Point = [to[0] - start[0], to[1] - start[1]];
    if (handle === null) return moved(mark.points, by, stack.columns, stack.rows);
    return SHAPES[mark.kind].reshaped(mark.points, handle, by).map((p) => clampToFrame(p, stack.columns, stack.rows));
  };
  let points: Point[] | null = null;
  return {
    move: (e) => {
      if (!points && Math.hypot(e.clientX - event.clientX, e.clientY - event.clientY) < DRAG_THRESHOLD) return;
      const to = pane.pixelAt(e.clientX, e.clientY);
      if (!to) return;
      points = reshape(to);
      layer.setOverride({ id: mark.id, points });
    },
    end: () => {
      layer.setOverride(null);
      if (points && SHAPES[mark.kind].isWhole(points)) {
        acts.changeMark(mark.id, points, handle === null ? `move ${mark.kind}` : `reshape ${mark.kind}`);
      }
    },
    cancel: () => layer.setOverride(null),
  };
}
