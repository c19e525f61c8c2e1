/** Select, move and reshape marks; a drag beside them sets the window. */
import { markAt } from './hit_test';
import { panTool } from './pan_tool';
import { reshapeOrMove } from './reshape';
import { DRAG_THRESHOLD, type Gesture, type Stage, type Tool } from './tool';
import { windowTool } from './window_tool';

export const selectTool: Tool = {
  cursor: 'default',
  begin(event, stage) {
    const { pane, layer } = stage;
    const affine = pane.pixelToPane;
    const mark = affine ? markAt(layer.shown, affine, pane.panePoint(event.clientX, event.clientY)) : null;
    if (event.shiftKey) {
      if (!mark || mark.dashed) return panTool.begin(event, stage);
      alsoSelect(stage, mark.id);
      return null;
    }
    if (!mark) return dragBeside(event, stage);
    // Readers' marks under adjudication are dashed too, and are marks.
    select(stage, mark.id, stage.acts.suggestions.has(mark.id));
    return reshapeOrMove(event, stage, mark);
  },
};

function select({ acts }: Stage, id: string, suggestion: boolean): void {
  if (suggestion) {
    acts.ui.set({ selectedSuggestion: id, selectedMark: null, alsoSelected: [] });
    return;
  }
  const finding = acts.workspace.records.get('annotation', id)?.finding;
  acts.ui.set({
    selectedMark: id,
    selectedSuggestion: null,
    alsoSelected: [],
    ...(finding ? { selectedFinding: finding } : {}),
  });
}

/** Take one more mark, or leave it out again; the first one stays the selected one. */
function alsoSelect({ acts: { ui } }: Stage, id: string): void {
  const { selectedMark, alsoSelected } = ui.now;
  if (!selectedMark) ui.set({ selectedMark: id });
  else if (selectedMark === id) ui.set({ selectedMark: alsoSelected[0] ?? null, alsoSelected: alsoSelected.slice(1) });
  else if (alsoSelected.includes(id)) ui.set({ alsoSelected: alsoSelected.filter((other) => other !== id) });
  else ui.set({ alsoSelected: [...alsoSelected, id] });
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
      if (!windowing) stage.acts.ui.set({ selectedMark: null, selectedSuggestion: null, alsoSelected: [] });
    },
    cancel: () => windowing?.cancel(),
  };
}
