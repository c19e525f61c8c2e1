/** What can become of an attempt to save one change. */
import type { Annotation, Answer } from '../model/reading';
import type { AnyRecord } from '../store/records';

export type Outcome =
  /** `mark`: what accepting a suggestion made; `refreshed`: other answers whose scores follow from what was saved. */
  | { type: 'saved'; record: AnyRecord | null; mark?: Annotation | null; refreshed?: readonly Answer[] }
  | { type: 'refused'; message: string }
  /** Not in the state that the reading is in: submitted meanwhile, most likely. */
  | { type: 'closed'; message: string }
  | { type: 'conflict'; current: AnyRecord | null; message: string }
  | { type: 'unreachable'; message: string }
  | { type: 'signed-out'; message: string }
  | { type: 'full'; message: string }
  /** The server broke on this one; others may fare better. */
  | { type: 'failed'; message: string };
