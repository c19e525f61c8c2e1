/** Labels of slices: one key where they begin, the same one where they end. */
import { addSliceLabel } from '../store/slice_labels';
import type { Command, Desk } from './command';

function beginOrEnd({ acts, grid, places, say, sliceLabels }: Desk): void {
  const { pane } = grid.active;
  const here = pane.targetFrame?.key;
  const { ui } = acts;
  if (!here || !acts.mayEdit) return;
  const from = ui.now.labelFrom;
  if (!from || places.of(from)?.stack !== pane.stack) {
    ui.set({ labelFrom: here });
    say(`Label from ${places.words(here)}: go to the last slice and press the key again.`);
    return;
  }
  const made = addSliceLabel(acts, places, [from, here]);
  if (!made) return;
  say('What do these slices show? A digit chooses, letters begin words of your own.');
  sliceLabels.askWords(made);
}

function wholeStack({ acts, grid, places, sliceLabels }: Desk): void {
  const frames = grid.active.pane.stack?.frames;
  const [first, last] = [frames?.[0]?.key, frames?.at(-1)?.key];
  const made = first && last ? addSliceLabel(acts, places, [first, last]) : null;
  if (made) sliceLabels.askWords(made);
}

export const SLICE_LABEL_COMMANDS: readonly Command[] = [
  {
    id: 'slice_labels.range',
    title: 'Label of slices: from here; again: to here',
    group: 'Spans',
    keys: ['Shift+R'],
    run: beginOrEnd,
  },
  {
    id: 'slice_labels.stack',
    title: 'Label of the whole stack',
    group: 'Spans',
    keys: ['Shift+End'],
    run: wholeStack,
  },
];
