/** Measure an angle: end, vertex, end by clicks, or the first leg by a drag and the other end by a click. */
import { pointByPointTool } from './point_by_point';

export const angleTool = pointByPointTool({ kind: 'angle', closes: false, fewest: 3, most: 3, dragsFirst: true });
