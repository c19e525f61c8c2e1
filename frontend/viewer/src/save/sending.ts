/** What goes to the server, and what comes to the reader's eyes when it is not taken. */
import type { AnyRecord, RecordKind } from '../store/records';
import type { Outcome } from './outcome';

export interface Sending {
  kind: RecordKind;
  /** With the revision that it builds on. */
  record: AnyRecord;
  change: string;
  /** The page is about to go: the browser should end the request without it. */
  keepalive: boolean;
}

export type Send = (sending: Sending) => Promise<Outcome>;

export interface Conflict {
  kind: RecordKind;
  id: string;
  current: AnyRecord | null;
  message: string;
}

export interface Refusal {
  kind: RecordKind;
  id: string;
  message: string;
}
