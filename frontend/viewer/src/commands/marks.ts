/** Acting on the selected mark. */
import type { Command, Desk } from './command';

function copyToNextSlice({ acts, places, grid, say }: Desk): void {
  const { selectedMark, selectedFinding } = acts.ui.now;
  const mark = selectedMark ? acts.workspace.records.get('annotation', selectedMark) : null;
  if (!mark) return;
  const place = places.of(mark.frame);
  const next = place?.stack.frames[place.index + 1];
  if (!place || !next) {
    say('There is no next slice.');
    return;
  }
  acts.ui.set({ selectedFinding: mark.finding ?? selectedFinding });
  acts.addMark(next.key, mark.kind, mark.points, { mask: mark.mask });
  grid.reveal(place.stack, place.index + 1);
}

function stepMark(by: 1 | -1): (desk: Desk) => void {
  return ({ acts, places, jumpToMark }) => {
    const marks = acts.workspace.records
      .live('annotation')
      .sort((a, b) => places.orderOf(a.frame) - places.orderOf(b.frame));
    if (marks.length === 0) return;
    const at = marks.findIndex((m) => m.id === acts.ui.now.selectedMark);
    const next = marks[(at + by + marks.length) % marks.length];
    if (next) jumpToMark(next.id);
  };
}

function takeBack(undo: boolean): (desk: Desk) => void {
  return ({ acts, busy, takeBackGesture, say }) => {
    if (busy) {
      if (undo) takeBackGesture();
      return;
    }
    if (!acts.mayEdit) return;
    const words = undo ? acts.workspace.undo() : acts.workspace.redo();
    if (words) say(`${undo ? 'Undone' : 'Done again'}: ${words}`);
  };
}

export const MARK_COMMANDS: readonly Command[] = [
  { id: 'marks.next', title: 'Next mark', group: 'Marks', keys: ['J'], repeats: true, run: stepMark(1) },
  { id: 'marks.previous', title: 'Previous mark', group: 'Marks', keys: ['K'], repeats: true, run: stepMark(-1) },
  {
    id: 'marks.delete',
    title: 'Delete the mark',
    group: 'Marks',
    keys: ['Delete', 'Backspace'],
    onControls: true,
    run: ({ acts, busy, takeBackGesture }) => {
      if (busy) takeBackGesture();
      else if (acts.ui.now.selectedMark) acts.deleteMark(acts.ui.now.selectedMark);
    },
  },
  {
    id: 'marks.finish',
    title: 'Finish what is drawn click by click',
    group: 'Marks',
    keys: ['Enter'],
    run: ({ finishGestures }) => finishGestures(),
  },
  { id: 'marks.copy', title: 'Copy to the next slice', group: 'Marks', keys: ['D'], run: copyToNextSlice },
  { id: 'marks.undo', title: 'Undo', group: 'Marks', keys: ['Ctrl+Z'], run: takeBack(true) },
  { id: 'marks.redo', title: 'Redo', group: 'Marks', keys: ['Ctrl+Shift+Z', 'Ctrl+Y'], run: takeBack(false) },
];
