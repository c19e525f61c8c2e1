/** A contour of straight edges, corner by corner. */
import { polygonArea } from '../model/contour';
import { reshapeSelected } from './dragged_shape';
import { pointByPoint } from './point_by_point';
import type { Tool } from './tool';

const SMALLEST_AREA = 1;

export const polygonTool: Tool = {
  cursor: 'crosshair',
  begin(event, stage) {
    const frame = stage.pane.frame;
    const reshaping = reshapeSelected(event, stage, 'contour');
    if (reshaping || !frame) return reshaping;
    return pointByPoint(event, stage, {
      kind: 'contour',
      closes: true,
      fewest: 3,
      done: (points) => {
        if (polygonArea(points) >= SMALLEST_AREA) stage.acts.addMark(frame.key, 'contour', points);
      },
    });
  },
};
