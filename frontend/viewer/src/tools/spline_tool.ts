/** A closed curve through the points that are clicked; they stay its handles. */
import { pointByPointTool } from './point_by_point';

export const splineTool = pointByPointTool({ kind: 'spline', closes: true, fewest: 3 });
