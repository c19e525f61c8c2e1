/** Scroll by dragging: down the slices, the whole stack over the height of the pane, at least six pixels a slice. */
import type { Tool } from './tool';

const FEWEST_PIXELS = 6;

export const scrollTool: Tool = {
  cursor: 'row-resize',
  begin(event, { pane }) {
    const { stack, target: start } = pane;
    if (!stack) return null;
    const perSlice = Math.max(FEWEST_PIXELS, pane.picture.clientHeight / pane.count);
    return {
      move: (e) => {
        const wanted = start + Math.round((e.clientY - event.clientY) / perSlice);
        if (wanted !== pane.target) pane.goTo(wanted);
      },
      end: () => undefined,
      cancel: () => pane.goTo(start),
    };
  },
};
