/** Questions about ranges of slices: one key where they begin, the same one where they end. */
import { spanWords } from '../marks/span';
import { addRange } from '../store/answers';
import { spanOfRecord } from '../store/spans';
import { schemasFor } from '../store/targets';
import type { Command, Desk } from './command';

function beginOrEnd({ acts, grid, places, say, forms }: Desk): void {
  const [schema] = schemasFor(acts.manifest, 'slices');
  const { pane } = grid.active;
  const here = pane.targetFrame?.key;
  const { ui } = acts;
  if (!acts.mayEdit) return;
  if (!schema || !here) {
    say('There are no questions about slices here.');
    return;
  }
  const from = ui.now.rangeFrom;
  if (!from || places.of(from.frame)?.stack !== pane.stack) {
    ui.set({ rangeFrom: { frame: here, schema: schema.key } });
    say(`From ${places.words(here)}: go to the last slice and press the key again.`);
    return;
  }
  const [first, last] = [from.frame, here].sort((a, b) => places.orderOf(a) - places.orderOf(b)) as [string, string];
  ui.set({ rangeFrom: null });
  const made = addRange(acts, schema, [first, last]);
  if (!made) return;
  const span = spanOfRecord(acts, places, made);
  if (span) say(`Questions about ${spanWords(span)}`);
  forms.focusRange(made);
}

export const RANGE_COMMANDS: readonly Command[] = [
  {
    id: 'ranges.answer',
    title: "Slices' questions: from here; again: to here",
    group: 'Questions',
    keys: ['Alt+Q'],
    inFields: true,
    run: beginOrEnd,
  },
];
