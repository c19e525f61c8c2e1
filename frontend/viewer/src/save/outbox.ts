/**
 * Changes that the server has not confirmed, kept where a reload or a crash of the page does not reach them.
 *
 * localStorage, one entry a record: writing is synchronous, so that a change is kept before the next event is
 * handled, and two tabs don't overwrite each other's list.
 */
import { type Address, type AnyRecord, addressOf, type RecordKind } from '../store/records';

export interface KeptChange {
  kind: RecordKind;
  record: AnyRecord;
}

export class Outbox {
  private readonly prefix: string;

  constructor(
    private readonly storage: Storage,
    person: string,
    caseId: string,
  ) {
    this.prefix = `reading-room/unsent/${person}/${caseId}/`;
  }

  /** Keep a change; false when the browser has no room left. */
  keep(kind: RecordKind, record: AnyRecord): boolean {
    try {
      this.storage.setItem(this.prefix + addressOf(kind, record.id), JSON.stringify({ kind, record }));
      return true;
    } catch {
      return false;
    }
  }

  /** Drop what the server has confirmed, unless another tab has put something newer in its place. */
  confirm(kind: RecordKind, sent: AnyRecord): void {
    const key = this.prefix + addressOf(kind, sent.id);
    if (this.storage.getItem(key) === JSON.stringify({ kind, record: sent })) this.storage.removeItem(key);
  }

  drop(address: Address): void {
    this.storage.removeItem(this.prefix + address);
  }

  /** What a former page left unsent. Entries that can't be read are dropped. */
  unsent(): KeptChange[] {
    const kept: KeptChange[] = [];
    const keys: string[] = [];
    for (let i = 0; i < this.storage.length; i++) {
      const key = this.storage.key(i);
      if (key?.startsWith(this.prefix)) keys.push(key);
    }
    for (const key of keys.sort()) {
      try {
        const entry = JSON.parse(this.storage.getItem(key) ?? '') as KeptChange;
        if (entry.record?.id) kept.push(entry);
      } catch {
        this.storage.removeItem(key);
      }
    }
    return kept;
  }
}
