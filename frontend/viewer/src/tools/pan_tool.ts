/** Move the picture with the mouse. */
import type { Tool } from './tool';

export const panTool: Tool = {
  cursor: 'grab',
  begin(event, { pane }) {
    let last = pane.panePoint(event.clientX, event.clientY);
    return {
      move: (e) => {
        const next = pane.panePoint(e.clientX, e.clientY);
        pane.panBy(last, next);
        last = next;
      },
      end: () => undefined,
      cancel: () => undefined,
    };
  },
};
