/** Select, move and reshape marks; a drag beside them sets the window. */
import { markAt } from './hit_test';
import { reshapeOrMove } from './reshape';
import { DRAG_THRESHOLD, type Gesture, type Stage, type Tool } from './tool';
import { windowTool } from './window_tool';

export const selectTool: Tool = {
  cursor: 'default',
  begin(event, stage) {
    const { pane, layer } = stage;
    const affine = pane.pixelToPane;
    const mark = affine ? markAt(layer.shown, affine, pane.panePoint(event.clientX, event.clientY)) : null;
    if (!mark) return dragBeside(event, stage);
    select(stage, mark.id, mark.dashed);
    return reshapeOrMove(event, stage, mark);
  },
};

function select({ acts }: Stage, id: string, suggestion: boolean): void {
  if (suggestion) {
    acts.ui.set({ selectedSuggestion: id, selectedMark: null });
    return;
  }
  const finding = acts.workspace.records.get('annotation', id)?.finding;
  acts.ui.set({ selectedMark: id, selectedSuggestion: null, ...(finding ? { selectedFinding: finding } : {}) });
}

function dragBeside(event: PointerEvent, stage: Stage): Gesture {
  let windowing: Gesture | null = null;
  return {
    move: (e) => {
      if (!windowing && Math.hypot(e.clientX - event.clientX, e.clientY - event.clientY) >= DRAG_THRESHOLD) {
        windowing = windowTool.begin(e, stage);
      }
      windowing?.move(e);
    },
    end: () => {
      if (!windowing) stage.acts.ui.set({ selectedMark: null, selectedSuggestion: null });
    },
    cancel: () => windowing?.cancel(),
  };
}
