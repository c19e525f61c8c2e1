/** Draw a contour freehand; a stroke from edge to edge of the selected contour redraws the part between. */
import { polygonArea, redrawPart, simplifyContour } from '../model/contour';
import { clampToFrame } from '../model/geometry';
import type { Point } from '../model/pictures';
import type { ShownMark } from '../pane/marks_layer';
import { onOutline } from './hit_test';
import type { Stage, Tool } from './tool';

/** How near to the selected contour a correcting stroke must begin and end, in screen pixels. */
const REDRAW_REACH = 9;
const SMALLEST_AREA = 1;

export const contourTool: Tool = {
  cursor: 'crosshair',
  begin(event, stage) {
    const { pane, layer, acts } = stage;
    const { stack, frame } = pane;
    const first = pane.pixelAt(event.clientX, event.clientY);
    if (!stack || !frame || !first || !acts.mayEdit) return null;
    const redrawn = contourUnder(event, stage);
    const stroke: Point[] = [clampToFrame(first, stack.columns, stack.rows)];
    return {
      move: (e) => {
        // The browser keeps the positions between two events: a quick stroke stays round.
        const coalesced = e.getCoalescedEvents?.() ?? [];
        for (const step of coalesced.length > 0 ? coalesced : [e]) {
          const at = pane.pixelAt(step.clientX, step.clientY);
          if (at) stroke.push(clampToFrame(at, stack.columns, stack.rows));
        }
        layer.setDraft({ kind: 'contour', points: stroke, closed: false });
      },
      end: (e) => {
        layer.setDraft(null);
        if (redrawn && contourUnder(e, stage)?.id === redrawn.id && stroke.length > 2) {
          const points = simplifyContour(redrawPart(redrawn.points, stroke));
          if (polygonArea(points) >= SMALLEST_AREA) acts.changeMark(redrawn.id, points, 'redraw contour');
          return;
        }
        const points = simplifyContour(stroke);
        if (points.length >= 3 && polygonArea(points) >= SMALLEST_AREA) acts.addMark(frame.key, 'contour', points);
      },
      cancel: () => layer.setDraft(null),
    };
  },
};

function contourUnder(event: PointerEvent, { pane, layer }: Stage): ShownMark | null {
  const affine = pane.pixelToPane;
  const selected = layer.shown.find((m) => m.selected && m.kind === 'contour' && !m.dashed);
  if (!affine || !selected) return null;
  return onOutline(selected, affine, pane.panePoint(event.clientX, event.clientY), REDRAW_REACH) ? selected : null;
}
