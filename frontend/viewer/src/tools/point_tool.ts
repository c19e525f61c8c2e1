/** Put a point where the button is pressed; it can be shifted until the button is let go. */
import { clampToFrame } from '../model/geometry';
import type { Point } from '../model/pictures';
import type { Tool } from './tool';

export const pointTool: Tool = {
  cursor: 'crosshair',
  begin(event, { pane, layer, acts }) {
    const { stack, frame } = pane;
    if (!stack || !frame || !pane.pixelToPane || !acts.mayEdit) return null;
    let point: Point | null = null;
    const follow = (e: PointerEvent): void => {
      const at = pane.pixelAt(e.clientX, e.clientY);
      if (at) point = clampToFrame(at, stack.columns, stack.rows);
      if (point) layer.setDraft({ kind: 'point', points: [point], closed: false });
    };
    follow(event);
    return {
      move: follow,
      end: () => {
        layer.setDraft(null);
        if (!point) return;
        // A question that is drawn asks for a place of its own.
        const { drawFor, pointLabel } = acts.ui.now;
        acts.addMark(frame.key, 'point', [point], { label: drawFor ? '' : pointLabel });
      },
      cancel: () => layer.setDraft(null),
    };
  },
};
