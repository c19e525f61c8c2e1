/** Point at something and say what it is: drag from the tip to where the words stand, and type them there. */
import { writeOnMark } from '../pane/text_field';
import { draggedShapeTool } from './dragged_shape';

export const arrowTool = draggedShapeTool(
  'arrow',
  (tip, tail) => [tip, tail],
  (id, stage) => writeOnMark(id, stage.pane, stage.acts),
);
