/** Moving a mark, or pulling one of its handles, with the mouse. */

import { scaleFor } from '../marks/measures';
import { SQUARE } from '../marks/shape';
import { moved, SHAPES } from '../marks/shapes';
import { distance } from '../model/contour';
import { clampToFrame } from '../model/geometry';
import type { Point } from '../model/pictures';
import type { ShownMark } from '../pane/marks_layer';
import { handleAt } from './hit_test';
import { DRAG_THRESHOLD, type Gesture, type Stage } from './tool';

/** A gesture that reshapes the mark when a handle was pressed, else moves it. */
export function reshapeOrMove(event: PointerEvent, stage: Stage, mark: ShownMark): Gesture | null {
  const { pane, layer, acts } = stage;
  const start = pane.pixelAt(event.clientX, event.clientY);
  const affine = pane.pixelToPane;
  const { stack, frame } = pane;
  const record = acts.workspace.records.get('annotation', mark.id);
  if (!start || !affine || !stack || mark.dashed || !record || !acts.mayEdit || !acts.isMine(record)) return null;
  if (record.locked) return null;
  const handle = mark.selected ? handleAt(mark, affine, pane.panePoint(event.clientX, event.clientY)) : null;
  const shape = SHAPES[mark.kind];
  const scale = frame ? scaleFor(frame.geometry, mark.points) : SQUARE;
  const inside = (p: Point): Point => clampToFrame(p, stack.columns, stack.rows);
  const reshape = (to: Point): Point[] | null => {
    const exact: Point = [to[0] - start[0], to[1] - start[1]];
    // A mask lies on whole pixels.
    const by: Point = mark.kind === 'mask' ? [Math.round(exact[0]), Math.round(exact[1])] : exact;
    if (handle === null) return moved(mark.points, by, stack.columns, stack.rows);
    const next = shape.reshaped(mark.points, handle, by, scale);
    if (!shape.tied) return next.map(inside);
    return next.every((p) => distance(p, inside(p)) < 1e-9) ? next : null;
  };
  let points: Point[] | null = null;
  return {
    move: (e) => {
      if (!points && Math.hypot(e.clientX - event.clientX, e.clientY - event.clientY) < DRAG_THRESHOLD) return;
      const to = pane.pixelAt(e.clientX, e.clientY);
      if (!to) return;
      // What would leave the frame stays where it last fitted in.
      points = reshape(to) ?? points;
      if (!points) return;
      layer.setOverride({ id: mark.id, points });
    },
    end: () => {
      layer.setOverride(null);
      if (points && shape.isWhole(points)) {
        if (handle !== null && shape.settled) points = shape.settled(points, scale);
        acts.changeMark(mark.id, points, handle === null ? `move ${mark.kind}` : `reshape ${mark.kind}`);
      }
    },
    cancel: () => layer.setOverride(null),
  };
}
