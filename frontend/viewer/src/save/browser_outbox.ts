/** The outbox in the browser's database, sealed for its person; and what pages that are gone have left in it. */
import type { KeptChange } from './change';
import { Database, type Row } from './database';
import { type Outbox, OutboxError } from './outbox';
import { announcePage, whenGone } from './presence';
import { Seal } from './seal';

export interface KeepingKey {
  id: string;
  key: string;
}

export class BrowserOutbox implements Outbox {
  private readonly watched = new Set<string>();

  private constructor(
    private readonly database: Database,
    private readonly seal: Seal,
    private readonly owner: string,
    private readonly page: string,
  ) {
    announcePage(page);
    this.watched.add(page);
  }

  /** Rejects with an OutboxError where this browser can't keep anything safely. */
  static async open(keepingKey: () => Promise<KeepingKey>, page: string): Promise<BrowserOutbox> {
    if (!window.isSecureContext || !crypto.subtle || !navigator.locks) {
      throw new OutboxError('this address is not secure (http), and a browser encrypts only on secure ones (https)');
    }
    let key: KeepingKey;
    try {
      key = await keepingKey();
    } catch {
      throw new OutboxError('the server has not given the key to keep them with');
    }
    const [seal, database] = await Promise.all([
      Seal.from(key.key),
      Database.open().catch(() => {
        throw new OutboxError('this browser lets this page keep nothing (a private window, perhaps)');
      }),
    ]);
    return new BrowserOutbox(database, seal, key.id, page);
  }

  async write(put: readonly KeptChange[], remove: readonly string[]): Promise<void> {
    try {
      const rows = await Promise.all(put.map((change) => this.rowOf(change)));
      await this.database.write(rows, remove);
    } catch (error) {
      throw new OutboxError(
        (error as DOMException | null)?.name === 'QuotaExceededError'
          ? 'this browser has no room left for them'
          : `this browser could not write them (${error instanceof Error ? error.message : 'unknown reason'})`,
      );
    }
  }

  /**
   * Hand over what this person's other pages left, once each of them is gone: `take` is called with it, and it is
   * this page's then. Call it again to find pages that have come meanwhile.
   */
  async watch(take: (changes: KeptChange[]) => void): Promise<void> {
    const rows = await this.database.of(this.owner);
    for (const page of new Set(rows.map((row) => row.page))) {
      if (this.watched.has(page)) continue;
      this.watched.add(page);
      whenGone(page, async () => {
        try {
          take(await this.adopt(page));
        } finally {
          this.watched.delete(page);
        }
      });
    }
  }

  private async adopt(page: string): Promise<KeptChange[]> {
    const rows = (await this.database.of(this.owner)).filter((row) => row.page === page);
    const readable: { row: Row; change: KeptChange }[] = [];
    for (const row of rows) {
      // One that can't be opened stays where it is: it is no use to anybody, and nobody's to throw away.
      const change = await this.seal.open(row.id, row).catch(() => null);
      if (change) readable.push({ row, change: change as KeptChange });
    }
    await this.database.write(
      readable.map(({ row }) => ({ ...row, page: this.page })),
      [],
    );
    return readable.map(({ change }) => change);
  }

  private async rowOf(change: KeptChange): Promise<Row> {
    const sealed = await this.seal.close(change.id, change);
    return { id: change.id, owner: this.owner, case: change.case, page: this.page, ...sealed };
  }
}

/** The outbox of this page, opened when it is first needed, and tried again while it can't be. */
export class PageOutbox implements Outbox {
  private opening: Promise<BrowserOutbox> | null = null;

  constructor(
    private readonly keepingKey: () => Promise<KeepingKey>,
    private readonly page: string,
  ) {}

  async write(put: readonly KeptChange[], remove: readonly string[]): Promise<void> {
    await (await this.open()).write(put, remove);
  }

  /** See BrowserOutbox; where there is no outbox nothing was left in it. */
  async watch(take: (changes: KeptChange[]) => void): Promise<void> {
    const outbox = await this.open().catch(() => null);
    await outbox?.watch(take);
  }

  private open(): Promise<BrowserOutbox> {
    this.opening ??= BrowserOutbox.open(this.keepingKey, this.page).catch((error: unknown) => {
      this.opening = null;
      throw error;
    });
    return this.opening;
  }
}
