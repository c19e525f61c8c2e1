/** A closed curve through the points that are clicked; they stay its handles. */
import { reshapeSelected } from './dragged_shape';
import { pointByPoint } from './point_by_point';
import type { Tool } from './tool';

export const splineTool: Tool = {
  cursor: 'crosshair',
  begin(event, stage) {
    const frame = stage.pane.frame;
    const reshaping = reshapeSelected(event, stage, 'spline');
    if (reshaping || !frame) return reshaping;
    return pointByPoint(event, stage, {
      kind: 'spline',
      closes: true,
      fewest: 3,
      done: (points) => {
        stage.acts.addMark(frame.key, 'spline', points);
      },
    });
  },
};
