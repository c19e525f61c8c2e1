/** Where changes are kept until the server has confirmed them. */
import type { KeptChange } from './change';

/** Something can't be kept; the message says why, as part of a sentence. */
export class OutboxError extends Error {}

export interface Outbox {
  /**
   * Write changes (over those of the same identifier) and take others out, all of it or nothing.
   *
   * Resolves when the browser has it on disk. Rejects with an OutboxError.
   */
  write(put: readonly KeptChange[], remove: readonly string[]): Promise<void>;
}
