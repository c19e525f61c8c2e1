import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Database, type Row } from './database';
import { DraftOutbox } from './draft_outbox';
import { Seal } from './seal';

const KEY = btoa(String.fromCharCode(...new Uint8Array(32).fill(7)));

/** A disk that takes its time: each write waits until it is let through. */
class SlowDisk {
  readonly rows = new Map<string, Row>();
  writes = 0;
  private held: (() => void)[] = [];

  async write(put: readonly Row[], remove: readonly string[]): Promise<void> {
    this.writes += 1;
    await new Promise<void>((go) => this.held.push(go));
    for (const id of remove) this.rows.delete(id);
    for (const row of put) this.rows.set(row.id, row);
  }

  async of(): Promise<Row[]> {
    return [...this.rows.values()];
  }

  letThrough(): void {
    this.held.shift()?.();
  }

  async finish(outbox: DraftOutbox): Promise<void> {
    while (!outbox.isSettled) {
      this.letThrough();
      await new Promise((go) => setTimeout(go));
    }
  }
}

describe('what is begun', () => {
  let disk: SlowDisk;
  let outbox: DraftOutbox;
  let seal: Seal;

  beforeEach(async () => {
    disk = new SlowDisk();
    seal = await Seal.from(KEY);
    vi.stubGlobal('window', { isSecureContext: true });
    vi.stubGlobal('navigator', { locks: { request: () => undefined } });
    vi.spyOn(Database, 'open').mockResolvedValue(disk as unknown as Database);
    outbox = new DraftOutbox(async () => ({ id: 'mine', key: KEY }), 'page');
  });

  afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  const kept = async (id: string): Promise<unknown> => {
    const row = disk.rows.get(id);
    return row && ((await seal.open(id, row)) as { draft: unknown }).draft;
  };

  it('is on the disk as it was last, after a write or two, however fast one types', async () => {
    const words = 'a long label of slices';
    for (let end = 1; end <= words.length; end++) {
      outbox.put('case', { words: words.slice(0, end) }, 'words');
      await new Promise((go) => setTimeout(go));
    }
    await disk.finish(outbox);
    expect(await kept('page/case/words')).toEqual({ words });
    expect(disk.writes).toBeLessThanOrEqual(2);
  });

  it('waits in one slot without another one, and is forgotten when it is done', async () => {
    outbox.put('case', { words: 'odd' }, 'words');
    outbox.put('case', { tool: 'polygon' });
    outbox.put('other', { tool: 'spline' });
    await disk.finish(outbox);
    expect([...disk.rows.keys()].sort()).toEqual(['page/case', 'page/case/words', 'page/other'].sort());
    outbox.put('case', { words: 'odd one' }, 'words');
    outbox.put('case', null, 'words');
    await disk.finish(outbox);
    expect([...disk.rows.keys()].sort()).toEqual(['page/case', 'page/other']);
  });

  it('goes over to the next page in one write', async () => {
    outbox.put('case', { words: 'odd' }, 'words');
    await disk.finish(outbox);
    vi.spyOn(navigator.locks, 'request').mockImplementation(((_: string, __: object, go: (l: object) => unknown) =>
      Promise.resolve(go({}))) as never);
    const before = disk.writes;
    const next = new DraftOutbox(async () => ({ id: 'mine', key: KEY }), 'next page');
    const taking = next.take('case', 'words');
    await vi.waitFor(() => expect(disk.writes).toBe(before + 1));
    expect([...disk.rows.keys()]).toEqual(['page/case/words']);
    disk.letThrough();
    expect(await taking).toEqual({ words: 'odd' });
    expect([...disk.rows.keys()]).toEqual(['next page/case/words']);
    expect(disk.writes).toBe(before + 1);
  });

  it('goes on after a write that failed', async () => {
    vi.spyOn(disk, 'write').mockRejectedValueOnce(new Error('the disk is full'));
    outbox.put('case', { words: 'o' }, 'words');
    await vi.waitFor(() => expect(outbox.isSettled).toBe(true));
    outbox.put('case', { words: 'od' }, 'words');
    await disk.finish(outbox);
    expect(await kept('page/case/words')).toEqual({ words: 'od' });
  });
});
