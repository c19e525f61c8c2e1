/** Draw an ellipse from corner to corner of the box that encloses it. */
import { ellipseInBox } from '../marks/ellipse';
import { draggedShapeTool } from './dragged_shape';

export const ellipseTool = draggedShapeTool('ellipse', ellipseInBox);
