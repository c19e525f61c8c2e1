/** Draw a box on the central slice of what it encloses; it starts with a span of slices that fits its size. */
import { startingSpan } from '../marks/span';
import { drawBox } from './box_tool';
import type { Tool } from './tool';

export const spanBoxTool: Tool = {
  cursor: 'crosshair',
  begin(event, stage) {
    const { stack, shown } = stage.pane;
    if (!stack) return null;
    return drawBox(event, stage, (frame, points) => {
      const { first, last, words } = startingSpan(stack, shown, points);
      const ends =
        first === last
          ? {}
          : { first_frame: stack.frames[first]?.key ?? null, last_frame: stack.frames[last]?.key ?? null };
      stage.acts.addMark(frame.key, 'box', points, ends);
      stage.say(words);
    });
  },
};
