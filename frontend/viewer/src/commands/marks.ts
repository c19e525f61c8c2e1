/** Acting on the selected mark. */
import { writeOnMark } from '../pane/text_field';
import { CALIPER, hasCalipers, switchCaliper } from '../store/calipers';
import { deleteMarks } from '../store/mark_acts';
import type { Command, Desk } from './command';

export function copyToSlice(by: 1 | -1): (desk: Desk) => void {
  return ({ acts, places, grid, say, busy }) => {
    const { selectedMark, selectedFinding } = acts.ui.now;
    const mark = selectedMark ? acts.workspace.records.get('annotation', selectedMark) : null;
    if (!mark || mark.deleted || mark.points.length === 0 || busy) return;
    const place = places.of(mark.frame);
    const next = place?.stack.frames[place.index + by];
    if (!place || !next) {
      say(`There is no ${by > 0 ? 'next' : 'previous'} slice.`);
      return;
    }
    acts.ui.set({ selectedFinding: mark.finding ?? selectedFinding });
    acts.addMark(next.key, mark.kind, mark.points, { mask: mark.mask, label: mark.label });
    grid.reveal(place.stack, place.index + by);
  };
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
    const outlines = acts.outlining?.undecided();
    const words = undo ? acts.workspace.undo() : acts.workspace.redo();
    if (outlines) acts.outlining?.chooseWhatCameBack(outlines);
    const { selectedMark } = acts.ui.now;
    // What is gone can't stay selected: keys would act on something that nobody sees.
    if (selectedMark && acts.workspace.records.get('annotation', selectedMark)?.deleted !== false) {
      acts.ui.set({ selectedMark: null });
    }
    if (words) say(`${undo ? 'Undone' : 'Done again'}: ${words}`);
  };
}

function writeOnArrow(id: string | null, acts: Desk['acts'], grid: Desk['grid']): void {
  const mark = id ? acts.workspace.records.get('annotation', id) : undefined;
  const unit = grid.visible.find(({ pane }) => pane.frame?.key === mark?.frame);
  if (mark?.kind === 'arrow' && unit) writeOnMark(mark.id, unit.pane, acts);
}

function nameCaliper({ acts, busy, say }: Desk): void {
  if (busy || !hasCalipers(acts.manifest, acts.suggestions)) return;
  if (!acts.mayEdit) {
    say(acts.whyNoMarks);
    return;
  }
  const isCaliper = switchCaliper(acts) === CALIPER;
  const { selectedMark } = acts.ui.now;
  const names = selectedMark && acts.workspace.records.get('annotation', selectedMark)?.kind === 'point';
  if (!names) acts.ui.set({ tool: 'point' });
  say(isCaliper ? 'Points are calipers now.' : 'Points are plain points now.');
}

export const MARK_COMMANDS: readonly Command[] = [
  { id: 'marks.next', title: 'Next mark', group: 'Marks', keys: ['J'], repeats: true, run: stepMark(1) },
  { id: 'marks.previous', title: 'Previous mark', group: 'Marks', keys: ['K'], repeats: true, run: stepMark(-1) },
  {
    id: 'marks.delete',
    title: 'Delete the selected marks',
    group: 'Marks',
    keys: ['Delete', 'Backspace'],
    onControls: true,
    run: ({ acts, busy, takeBackGesture }) => {
      if (busy) takeBackGesture();
      else deleteMarks(acts, [acts.ui.now.selectedMark, ...acts.ui.now.alsoSelected]);
    },
  },
  {
    id: 'marks.finish',
    title: 'Finish what is drawn; write on the selected arrow; else answer the questions',
    group: 'Marks',
    keys: ['Enter'],
    run: ({ acts, grid, busy, finishGestures, forms, say }) => {
      const { selectedMark } = acts.ui.now;
      const kind = selectedMark ? acts.workspace.records.get('annotation', selectedMark)?.kind : undefined;
      if (busy) finishGestures();
      else if (acts.outlining?.tryAgain()) return;
      else if (kind === 'arrow') writeOnArrow(selectedMark, acts, grid);
      else if (!forms.focusFinding() && !forms.focusCase()) say('There are no questions here.');
    },
  },
  {
    id: 'marks.caliper',
    title: 'The selected point is a caliper, and so are the next; again: plain points',
    group: 'Marks',
    keys: ['Alt+P'],
    isOffered: ({ manifest, suggestions }) => hasCalipers(manifest, suggestions),
    run: nameCaliper,
  },
  { id: 'marks.copy', title: 'Copy to the next slice', group: 'Marks', keys: ['D'], run: copyToSlice(1) },
  { id: 'marks.undo', title: 'Undo', group: 'Marks', keys: ['Ctrl+Z'], run: takeBack(true) },
  { id: 'marks.redo', title: 'Redo', group: 'Marks', keys: ['Ctrl+Shift+Z', 'Ctrl+Y'], run: takeBack(false) },
];
