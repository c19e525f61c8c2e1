/** What can become of an attempt to save one record. */
import type { AnyRecord } from '../store/records';

export type Outcome =
  | { type: 'saved'; record: AnyRecord | null }
  | { type: 'refused'; message: string }
  | { type: 'conflict'; current: AnyRecord | null; message: string }
  | { type: 'unreachable'; message: string }
  | { type: 'signed-out'; message: string };
