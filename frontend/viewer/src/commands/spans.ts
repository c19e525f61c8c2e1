/** The slices that the selected mark or range holds for: its ends move by one slice. */
import type { SpanEnd } from '../marks/span';
import { spanWords } from '../marks/span';
import { changeSpan, spanOfRecord, spanWithEnd } from '../store/spans';
import type { Command, Desk } from './command';

function moveEnd(end: SpanEnd, by: 1 | -1): (desk: Desk) => void {
  return ({ acts, places, say, busy }) => {
    const id = acts.ui.now.selectedMark ?? acts.ui.now.selectedRange;
    const before = id ? spanOfRecord(acts, places, id) : null;
    if (!id || !before || busy) return;
    const after = spanWithEnd(acts, places, { mark: id, end, to: before[end] + by });
    if (!after) return;
    changeSpan(acts, places, id, after);
    say(spanWords(after));
  };
}

export const SPAN_COMMANDS: readonly Command[] = [
  {
    id: 'spans.first_earlier',
    title: 'Span begins a slice earlier',
    group: 'Spans',
    keys: ['Shift+ArrowUp'],
    repeats: true,
    run: moveEnd('first', -1),
  },
  {
    id: 'spans.first_later',
    title: 'Span begins a slice later',
    group: 'Spans',
    keys: ['Ctrl+ArrowDown'],
    repeats: true,
    run: moveEnd('first', 1),
  },
  {
    id: 'spans.last_later',
    title: 'Span ends a slice later',
    group: 'Spans',
    keys: ['Shift+ArrowDown'],
    repeats: true,
    run: moveEnd('last', 1),
  },
  {
    id: 'spans.last_earlier',
    title: 'Span ends a slice earlier',
    group: 'Spans',
    keys: ['Ctrl+ArrowUp'],
    repeats: true,
    run: moveEnd('last', -1),
  },
];
