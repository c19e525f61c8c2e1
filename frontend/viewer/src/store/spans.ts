/** Acts on the slices that a mark holds for; each is one step of undo. */
import { type Span, type SpanEnd, withEnd } from '../marks/span';
import type { Annotation, StackJson } from '../model/types';
import type { Acts } from './acts';
import type { Places } from './places';

/** Whether the reader may move the ends of a mark's span. */
export function mayChangeSpan(mark: Annotation | undefined, acts: Acts): mark is Annotation {
  const spans = mark?.kind === 'box' || mark?.kind === 'slices';
  return mark !== undefined && spans && !mark.deleted && !mark.locked && acts.mayEdit && acts.isMine(mark);
}

/** A mark's span with one end at another slice; null where the mark has none or may not be changed. */
export function spanWithEnd(
  acts: Acts,
  places: Places,
  change: { mark: string; end: SpanEnd; to: number },
): (Span & { stack: StackJson }) | null {
  const mark = acts.workspace.records.get('annotation', change.mark);
  const span = mark && places.spanOf(mark);
  if (!span || !mayChangeSpan(mark, acts)) return null;
  // A box stays on the slice that it was drawn on; a label has no slice of its own.
  const kept = mark.kind === 'box' ? (places.of(mark.frame)?.index ?? null) : null;
  return { stack: span.stack, ...withEnd(span, change.end, change.to, span.stack.frames.length, kept) };
}

/** Save another span for a mark. */
export function changeSpan(acts: Acts, places: Places, id: string, { first, last }: Span): void {
  const mark = acts.workspace.records.get('annotation', id);
  const stack = mark && places.of(mark.frame)?.stack;
  const ends = { first: stack?.frames[first]?.key, last: stack?.frames[last]?.key };
  if (!mayChangeSpan(mark, acts) || !ends.first || !ends.last) return;
  const alone = mark.kind === 'box' && first === last;
  const state: Annotation = {
    ...mark,
    first_frame: alone ? null : ends.first,
    last_frame: alone ? null : ends.last,
    ...(mark.kind === 'slices' ? { frame: ends.first } : {}),
  };
  acts.workspace.commit('change span', [{ kind: 'annotation', id, state }]);
}
