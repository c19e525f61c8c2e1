/** Cut the selected mark in two by a line drawn across it. */
import type { Point } from '../model/pictures';
import { splitMark } from '../store/cut_and_join';
import { markAt } from './hit_test';
import { DRAG_THRESHOLD, type Tool } from './tool';

export const splitTool: Tool = {
  cursor: 'crosshair',
  begin(event, { pane, layer, acts, say }) {
    const start = pane.pixelAt(event.clientX, event.clientY);
    const affine = pane.pixelToPane;
    if (!start || !affine || !acts.mayEdit) return null;
    let line: [Point, Point] | null = null;
    return {
      move: (e) => {
        const to = pane.pixelAt(e.clientX, e.clientY);
        if (!to || Math.hypot(e.clientX - event.clientX, e.clientY - event.clientY) < DRAG_THRESHOLD) return;
        line = [start, to];
        layer.setDraft({ kind: 'contour', points: line, closed: false });
      },
      end: () => {
        layer.setDraft(null);
        if (!line) {
          // A click chooses what to cut.
          const mark = markAt(layer.shown, affine, pane.panePoint(event.clientX, event.clientY));
          acts.ui.set({ selectedMark: mark && !mark.dashed ? mark.id : null });
          return;
        }
        const here = layer.shown.some((m) => m.selected && !m.dashed);
        say(here ? splitMark(acts, acts.ui.now.selectedMark, line) : 'Choose the mark to cut first: click it.');
      },
      cancel: () => layer.setDraft(null),
    };
  },
};
