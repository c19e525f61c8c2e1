/** Acts on the slices that a mark, or an answer about slices, holds for; each is one step of undo. */
import { type Span, type SpanEnd, withEnd } from '../marks/span';
import type { StackJson } from '../model/pictures';
import type { Annotation, Answer } from '../model/reading';
import type { Acts } from './acts';
import type { Places } from './places';

/** What has ends that move: a mark, or an answer about a range of slices. */
type Spanned = { of: 'mark'; record: Annotation } | { of: 'range'; record: Answer };

function spanned(acts: Acts, id: string): Spanned | null {
  const { records } = acts.workspace;
  const mark = records.get('annotation', id);
  if (mark) return { of: 'mark', record: mark };
  const answer = records.get('answer', id);
  return answer?.first_frame ? { of: 'range', record: answer } : null;
}

/** Whether the reader may move the ends of a span. */
export function mayChangeSpan(acts: Acts, id: string): boolean {
  const found = spanned(acts, id);
  if (!found || found.record.deleted || !acts.mayEdit || !acts.isMine(found.record)) return false;
  if (found.of === 'range') return true;
  const { kind, locked } = found.record;
  return (kind === 'box' || kind === 'slices') && !locked;
}

/** The slices of a mark or of an answer about slices. */
export function spanOfRecord(acts: Acts, places: Places, id: string): (Span & { stack: StackJson }) | null {
  const found = spanned(acts, id);
  if (!found) return null;
  if (found.of === 'mark') return places.spanOf(found.record);
  const { first_frame: first, last_frame: last } = found.record;
  return first ? places.spanOf({ frame: first, first_frame: first, last_frame: last }) : null;
}

/** A span with one end at another slice; null where there is none or it may not be changed. */
export function spanWithEnd(
  acts: Acts,
  places: Places,
  change: { mark: string; end: SpanEnd; to: number },
): (Span & { stack: StackJson }) | null {
  const found = spanned(acts, change.mark);
  const span = spanOfRecord(acts, places, change.mark);
  if (!found || !span || !mayChangeSpan(acts, change.mark)) return null;
  // A box stays on the slice that it was drawn on; a label and a range have no slice of their own.
  const isBox = found.of === 'mark' && found.record.kind === 'box';
  const kept = isBox ? (places.of(found.record.frame)?.index ?? null) : null;
  return { stack: span.stack, ...withEnd(span, change.end, change.to, span.stack.frames.length, kept) };
}

/** Save another span. */
export function changeSpan(acts: Acts, places: Places, id: string, { first, last }: Span): void {
  const found = spanned(acts, id);
  const stack = spanOfRecord(acts, places, id)?.stack;
  const ends = { first: stack?.frames[first]?.key, last: stack?.frames[last]?.key };
  if (!found || !mayChangeSpan(acts, id) || !ends.first || !ends.last) return;
  const span = { first_frame: ends.first, last_frame: ends.last };
  if (found.of === 'range') {
    acts.workspace.commit('change slices', [{ kind: 'answer', id, state: { ...found.record, ...span } }]);
    return;
  }
  const mark = found.record;
  const alone = mark.kind === 'box' && first === last;
  const state: Annotation = {
    ...mark,
    ...(alone ? { first_frame: null, last_frame: null } : span),
    ...(mark.kind === 'slices' ? { frame: ends.first } : {}),
  };
  acts.workspace.commit('change span', [{ kind: 'annotation', id, state }]);
}
