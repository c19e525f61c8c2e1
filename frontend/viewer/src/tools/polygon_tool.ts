/** A contour of straight edges, corner by corner. */
import { polygonArea } from '../model/contour';
import { pointByPointTool } from './point_by_point';

const SMALLEST_AREA = 1;

export const polygonTool = pointByPointTool({
  kind: 'contour',
  closes: true,
  fewest: 3,
  isWorth: (points) => polygonArea(points) >= SMALLEST_AREA,
});
