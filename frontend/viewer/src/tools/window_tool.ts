/** Window by dragging: sideways the width, up and down the centre; with Shift four times finer. */
import { draggedWindow } from '../model/windows';
import type { Tool } from './tool';

export const windowTool: Tool = {
  cursor: 'ns-resize',
  begin(event, { pane }) {
    const start = pane.window;
    if (!start || !pane.windowed) return null;
    const from = [event.clientX, event.clientY] as const;
    return {
      move: (e) => pane.setWindow(draggedWindow(start, e.clientX - from[0], e.clientY - from[1], e.shiftKey)),
      end: () => undefined,
      cancel: () => pane.setWindow(start),
    };
  },
};
