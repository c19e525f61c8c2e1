/**
 * What is half drawn or half said, kept in this browser until it is finished or given up: sealed as unsent changes are, never sent.
 *
 * In a database of its own: what unsent changes are kept in is never at risk for it.
 */
import type { KeepingKey } from './browser_outbox';
import { Database, type Row } from './database';
import { isGone } from './presence';
import { Seal } from './seal';

const NAME = 'reading-room-half-drawn';
/** A page that was reloaded is gone by then; one that is not is another window of the same person. */
const PATIENCE_MS = 3000;

/** What is drawn, as opposed to words. */
const DRAWN = '';

function idOf(page: string, caseId: string, slot: string): string {
  return slot === DRAWN ? `${page}/${caseId}` : `${page}/${caseId}/${slot}`;
}

interface Opened {
  database: Database;
  seal: Seal;
  owner: string;
}

interface Dated {
  at: number;
  draft: unknown;
}

interface Waiting {
  caseId: string;
  draft: object | null;
  slot: string;
}

export class DraftOutbox {
  private opening: Promise<Opened> | null = null;
  /** By slot of a case, the newest: what is typed meanwhile makes what was not written yet needless. */
  private readonly waiting = new Map<string, Waiting>();
  private isWriting = false;

  constructor(
    private readonly keepingKey: () => Promise<KeepingKey>,
    private readonly page: string,
  ) {}

  /** Keep what is half drawn in a case; null: nothing is any more. Where nothing can be kept it stays in the page. */
  put(caseId: string, draft: object | null, slot = DRAWN): void {
    this.waiting.set(idOf(this.page, caseId, slot), { caseId, draft, slot });
    if (!this.isWriting) void this.writeAll();
  }

  /** All that was put is on the disk, or can't be kept at all. */
  get isSettled(): boolean {
    return !this.isWriting;
  }

  /** What this page, or one that is gone, left in a case; it is this page's then. */
  async take(caseId: string, slot = DRAWN): Promise<unknown> {
    const { database, seal, owner } = await this.open();
    const all = await database.of(owner);
    const rows = all.filter((row) => row.case === caseId && row.id === idOf(row.page, caseId, slot));
    const left = await Promise.all(
      rows.map(async (row) => (row.page === this.page || (await isGone(row.page, PATIENCE_MS)) ? row : null)),
    );
    const found = left.filter((row) => row !== null);
    const drafts = await Promise.all(
      found.map((row) => seal.open(row.id, row).catch(() => null) as Promise<Dated | null>),
    );
    const newest = drafts.filter((one) => one !== null).sort((a, b) => b.at - a.at)[0];
    // In one transaction: a page that goes away now leaves it to the next one whole.
    const own = newest ? [await this.sealed(caseId, newest.draft as object, slot)] : [];
    const gone = found.map(({ id }) => id);
    if (found.length > 0) await database.write(own, gone);
    return newest?.draft ?? null;
  }

  private async writeAll(): Promise<void> {
    this.isWriting = true;
    for (let [next] = this.waiting; next; [next] = this.waiting) {
      this.waiting.delete(next[0]);
      await this.write(next[1]).catch(() => undefined);
    }
    this.isWriting = false;
  }

  private async write({ caseId, draft, slot }: Waiting): Promise<void> {
    const { database } = await this.open();
    if (draft === null) await database.write([], [idOf(this.page, caseId, slot)]);
    else await database.write([await this.sealed(caseId, draft, slot)], []);
  }

  private async sealed(caseId: string, draft: object, slot: string): Promise<Row> {
    const { seal, owner } = await this.open();
    const id = idOf(this.page, caseId, slot);
    const dated: Dated = { at: Date.now(), draft };
    return { id, owner, case: caseId, page: this.page, ...(await seal.close(id, dated)) };
  }

  private open(): Promise<Opened> {
    this.opening ??= this.begin().catch((error: unknown) => {
      this.opening = null;
      throw error;
    });
    return this.opening;
  }

  private async begin(): Promise<Opened> {
    if (!window.isSecureContext || !crypto.subtle || !navigator.locks) throw new Error('nothing can be sealed here');
    const { id, key } = await this.keepingKey();
    const [seal, database] = await Promise.all([Seal.from(key), Database.open(NAME)]);
    return { database, seal, owner: id };
  }
}
