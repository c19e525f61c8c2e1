/** Showing a finding: every pane that has one of its marks goes there, and the finding is the selected one. */
import type { Annotation } from '../model/reading';
import type { Acts } from '../store/acts';
import type { Places } from '../store/places';
import type { PaneGrid } from './pane_grid';

/** A finding's marks in the order in which the case's slices come. */
export function marksOfFinding(acts: Acts, places: Places, finding: string): Annotation[] {
  return acts.workspace.records
    .live('annotation')
    .filter((m) => m.finding === finding && acts.isMine(m))
    .sort((a, b) => places.orderOf(a.frame) - places.orderOf(b.frame));
}

/** The mark to show in each stack: the first, unless one of them is on the screen already. */
export function markInEachStack(
  marks: readonly Annotation[],
  places: Places,
  onScreen: ReadonlySet<string>,
): Map<string, Annotation> {
  const chosen = new Map<string, Annotation>();
  for (const mark of marks) {
    const stack = places.of(mark.frame)?.stack.key;
    if (stack === undefined) continue;
    const known = chosen.get(stack);
    if (!known || (onScreen.has(mark.frame) && !onScreen.has(known.frame))) chosen.set(stack, mark);
  }
  return chosen;
}

export function showFinding(grid: PaneGrid, acts: Acts, places: Places, finding: string): void {
  const marks = marksOfFinding(acts, places, finding);
  const onScreen = new Set(grid.visible.map(({ pane }) => pane.frame?.key ?? ''));
  const chosen = markInEachStack(marks, places, onScreen);
  const goTo = (mark: Annotation): number => places.of(mark.frame)?.index ?? 0;
  const shown: Annotation[] = [];
  for (const { pane, cine } of grid.visible) {
    const mark = pane.stack ? chosen.get(pane.stack.key) : undefined;
    if (!mark) continue;
    cine.stop();
    if (pane.target !== goTo(mark)) pane.goTo(goTo(mark));
    shown.push(mark);
  }
  // The pane that the reader is at keeps the keys where it shows the finding; else the first one that does.
  const active = grid.active.pane.stack?.key;
  const first = shown.find((m) => places.of(m.frame)?.stack.key === active) ?? shown[0] ?? marks[0];
  const place = first && places.of(first.frame);
  if (place) grid.reveal(place.stack, place.index);
  acts.ui.set({
    selectedFinding: finding,
    selectedMark: first?.id ?? null,
    selectedSuggestion: null,
    showsMarks: true,
  });
}
