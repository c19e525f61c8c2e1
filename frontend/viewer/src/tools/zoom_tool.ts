/** Zoom by dragging up and down, around the point where the drag began. */
import type { Tool } from './tool';

export const zoomTool: Tool = {
  cursor: 'zoom-in',
  begin(event, { pane }) {
    const at = pane.panePoint(event.clientX, event.clientY);
    let last = event.clientY;
    return {
      move: (e) => {
        pane.zoomBy(1.006 ** (last - e.clientY), at);
        last = e.clientY;
      },
      end: () => undefined,
      cancel: () => undefined,
    };
  },
};
