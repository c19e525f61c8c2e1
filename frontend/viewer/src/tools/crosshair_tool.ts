/** Point at a place: other panes that show the same volume go there, and this one keeps it when its plane changes. */
import type { Tool } from './tool';

export const crosshairTool: Tool = {
  cursor: 'crosshair',
  begin(event, { pane, say }) {
    if (!pane.pointAt(event.clientX, event.clientY)) {
      say('This picture does not say where it lies in the patient.');
      return null;
    }
    return {
      move: (e) => pane.pointAt(e.clientX, e.clientY),
      end: () => undefined,
      cancel: () => undefined,
    };
  },
};
