/** Paint only pixels whose values lie in a range; with Alt the brush takes away whatever it passes. */
import { emptyBitmap } from '../masks/bitmap';
import { sweep } from '../masks/brush';
import { admitsRange, type FrameValues, rangeOfPixels, rangeOfWindow, type ValueRange } from '../masks/value_range';
import type { Point } from '../model/pictures';
import type { Pane } from '../pane/pane';
import type { Ui } from '../store/ui';
import { beginStroke, brushOf } from './painting';
import type { Stage, Tool } from './tool';

/** The range as it stands: set, else what the window shows; null where neither is. */
export function rangeInUse(ui: Ui, pane: Pane): ValueRange | null {
  return ui.now.thresholdRange ?? (pane.window && !pane.frame?.colour ? rangeOfWindow(pane.window) : null);
}

export const thresholdBrushTool: Tool = {
  cursor: 'crosshair',
  begin(event, stage) {
    if (event.altKey) return beginStroke(event, stage, { erases: true });
    const { pane, acts, say } = stage;
    const at = pane.pixelAt(event.clientX, event.clientY);
    if (!at) return null;
    const values = pane.values();
    if (!values) {
      say('The stored pixels of this slice are still on their way.');
      return null;
    }
    let range = rangeInUse(acts.ui, pane);
    if (acts.ui.now.picksRange || !range) {
      range = rangeUnder(values, at, stage) ?? range;
      acts.ui.set({ thresholdRange: range, picksRange: false });
    }
    return range ? beginStroke(event, stage, { erases: false, admits: admitsRange(values, range) }) : null;
  },
};

function rangeUnder(values: FrameValues, at: Point, stage: Stage): ValueRange | null {
  const disc = emptyBitmap({ column: 0, row: 0, columns: values.columns, rows: values.rows });
  const under: number[] = [];
  sweep(disc, at, at, brushOf(stage.acts.ui, stage.pane), 1, (index) => {
    under.push(index);
    return false;
  });
  return rangeOfPixels(values, under);
}
