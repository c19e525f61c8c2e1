/** Measure an angle: end, vertex, end by clicks, or the first leg by a drag and the other end by a click. */
import { reshapeSelected } from './dragged_shape';
import { pointByPoint } from './point_by_point';
import type { Tool } from './tool';

export const angleTool: Tool = {
  cursor: 'crosshair',
  begin(event, stage) {
    const frame = stage.pane.frame;
    const reshaping = reshapeSelected(event, stage, 'angle');
    if (reshaping || !frame) return reshaping;
    return pointByPoint(event, stage, {
      kind: 'angle',
      closes: false,
      fewest: 3,
      most: 3,
      dragsFirst: true,
      done: (points) => {
        stage.acts.addMark(frame.key, 'angle', points);
      },
    });
  },
};
