/** Measure from end to end. */
import { draggedShapeTool } from './dragged_shape';

export const lengthTool = draggedShapeTool('length', (from, to) => [from, to]);
