/** One change of one record: what is kept in the browser and sent to the server, and what has to go before it. */
import { type Address, type AnyRecord, addressOf, type RecordKind } from '../store/records';

export interface KeptChange {
  /** Made here: the server counts a change once, however often it is sent. */
  id: string;
  case: string;
  kind: RecordKind;
  /** The state to have. Its revision is the server's that the change builds on, unless one before it waits too. */
  record: AnyRecord;
  /** Changes of one act have the same number, those of a later act a larger one. */
  step: number;
}

/** The order within one act: findings come before their marks and go after them; a decision makes its mark. */
function rank({ kind, record }: KeptChange): number {
  if (kind === 'finding') return record.deleted ? 4 : 0;
  return kind === 'decision' ? 1 : kind === 'annotation' ? 2 : 3;
}

export function isBefore(a: KeptChange, b: KeptChange): boolean {
  return a.step < b.step || (a.step === b.step && rank(a) < rank(b));
}

export function inOrder(a: KeptChange, b: KeptChange): number {
  return a.step - b.step || rank(a) - rank(b);
}

/** Records of which an earlier change has to be saved first: what this one points at. */
export function pointsAt({ record }: KeptChange): Address[] {
  if (record.deleted) return [];
  const finding = 'finding' in record ? record.finding : null;
  // Marks that answer a question: an option's name in their place is no record, and nothing waits for it.
  const drawn = 'answers' in record ? Object.values(record.answers).filter(Array.isArray).flat() : [];
  return [
    ...(finding ? [addressOf('finding', finding)] : []),
    ...drawn.map((mark) => addressOf('annotation', String(mark))),
  ];
}

/** Whether an earlier change of another record has to be saved before this one, whatever it points at. */
export function waitsFor(change: KeptChange, earlier: KeptChange): boolean {
  if (change.kind === 'finding') return change.record.deleted && earlier.kind !== 'finding';
  // The server makes an accepted suggestion's mark, and deletes it when that is taken back.
  if (change.kind === 'annotation' && isOfSuggestion(change.record)) {
    return (
      earlier.kind === 'decision' && 'annotation' in earlier.record && earlier.record.annotation === change.record.id
    );
  }
  return change.kind === 'decision' && earlier.kind === 'annotation' && isOfSuggestion(earlier.record);
}

function isOfSuggestion(record: AnyRecord): boolean {
  return 'provenance' in record && record.provenance === 'suggestion';
}
