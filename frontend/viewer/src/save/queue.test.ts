import { describe, expect, it } from 'vitest';
import type { Annotation, Finding } from '../model/types';
import { type AnyRecord, type RecordKind, Records } from '../store/records';
import { Workspace } from '../store/workspace';
import { Outbox } from './outbox';
import type { Outcome } from './outcome';
import { SaveQueue } from './queue';

/** Time that the test turns by hand. */
class TestClock {
  time = 0;
  private timers: { id: number; at: number; run: () => void }[] = [];
  private last = 0;
  now = (): number => this.time;
  after = (ms: number, run: () => void): number => {
    this.timers.push({ id: ++this.last, at: this.time + ms, run });
    return this.last;
  };
  cancel = (id: number): void => {
    this.timers = this.timers.filter((t) => t.id !== id);
  };
  async pass(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      const due = this.timers.filter((t) => t.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.cancel(due.id);
      this.time = due.at;
      due.run();
      await settle();
    }
    this.time = end;
    await settle();
  }
}

class MemoryStorage implements Storage {
  private readonly entries = new Map<string, string>();
  get length(): number {
    return this.entries.size;
  }
  clear = (): void => this.entries.clear();
  getItem = (key: string): string | null => this.entries.get(key) ?? null;
  key = (index: number): string | null => [...this.entries.keys()][index] ?? null;
  removeItem = (key: string): void => void this.entries.delete(key);
  setItem = (key: string, value: string): void => void this.entries.set(key, value);
}

async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

const mark = (change: Partial<Annotation> = {}): Annotation => ({
  id: 'm',
  case: 'c',
  frame: 'f',
  kind: 'box',
  points: [
    [1, 1],
    [5, 5],
  ],
  finding: null,
  label: '',
  provenance: 'drawn',
  first_frame: null,
  last_frame: null,
  mask: null,
  locked: false,
  revision: 0,
  deleted: false,
  owner: 'reader',
  ...change,
});
const finding = (change: Partial<Finding> = {}): Finding => ({
  id: 'F',
  case: 'c',
  kind: 'nodule',
  number: 0,
  name: '',
  revision: 0,
  deleted: false,
  owner: 'reader',
  ...change,
});

function setUp(
  answer?: (kind: RecordKind, record: AnyRecord) => Outcome | Promise<Outcome>,
  storage = new MemoryStorage(),
) {
  const clock = new TestClock();
  const records = new Records();
  const sent: { kind: RecordKind; record: AnyRecord }[] = [];
  const savedByServer = (record: AnyRecord): Outcome => ({
    type: 'saved',
    record: { ...record, revision: record.revision + 1 } as AnyRecord,
  });
  const behaviour = { answer: answer ?? ((_: RecordKind, record: AnyRecord) => savedByServer(record)) };
  const queue = new SaveQueue(
    records,
    new Outbox(storage, 'reader', 'c'),
    async (kind, record) => {
      sent.push({ kind, record });
      return behaviour.answer(kind, record);
    },
    clock,
  );
  const workspace = new Workspace(records, queue, clock.now);
  return { clock, records, queue, workspace, sent, storage, behaviour, savedByServer };
}

describe('saving', () => {
  it('sends a change within a second and then says that everything is saved', async () => {
    const { workspace, clock, queue, sent, records } = setUp();
    workspace.commit('draw', [{ kind: 'annotation', id: 'm', state: mark() }]);
    expect(queue.summary().words).toBe('Saving…');
    await clock.pass(300);
    expect(sent).toHaveLength(1);
    expect(queue.summary().state).toBe('saved');
    expect(records.get('annotation', 'm')?.revision).toBe(1);
  });

  it('does not wait longer than a second however long the editing goes on', async () => {
    const { workspace, clock, sent } = setUp();
    for (let i = 0; i < 20; i++) {
      workspace.commit('move', [
        {
          kind: 'annotation',
          id: 'm',
          state: mark({
            points: [
              [i, 1],
              [9, 9],
            ],
          }),
        },
      ]);
      await clock.pass(100);
    }
    expect(sent.length).toBeGreaterThanOrEqual(2);
    expect(sent.length).toBeLessThan(8);
  });

  it('sends one request at a time a record, and what was changed meanwhile after it, on the new revision', async () => {
    const { workspace, clock, sent, behaviour, savedByServer, records } = setUp();
    let release: (outcome: Outcome) => void = () => undefined;
    behaviour.answer = () =>
      new Promise((resolve) => {
        release = resolve;
      });
    workspace.commit('draw', [{ kind: 'annotation', id: 'm', state: mark() }]);
    await clock.pass(400);
    workspace.commit('move', [
      {
        kind: 'annotation',
        id: 'm',
        state: mark({
          points: [
            [2, 2],
            [6, 6],
          ],
        }),
      },
    ]);
    await clock.pass(2000);
    expect(sent).toHaveLength(1);
    behaviour.answer = (_, record) => savedByServer(record);
    release(savedByServer(sent[0]?.record as AnyRecord));
    await settle();
    await clock.pass(1000);
    expect(sent).toHaveLength(2);
    expect(sent[1]?.record).toMatchObject({
      points: [
        [2, 2],
        [6, 6],
      ],
      revision: 1,
    });
    expect(records.get('annotation', 'm')).toMatchObject({
      points: [
        [2, 2],
        [6, 6],
      ],
      revision: 2,
    });
  });

  it('saves a finding before the marks that belong to it', async () => {
    const { workspace, clock, sent } = setUp();
    workspace.commit('draw', [
      { kind: 'annotation', id: 'm', state: mark({ finding: 'F' }) },
      { kind: 'finding', id: 'F', state: finding() },
    ]);
    await clock.pass(2000);
    expect(sent.map((s) => s.kind)).toEqual(['finding', 'annotation']);
  });

  it('deletes a finding only after its marks have left it', async () => {
    const { workspace, clock, sent, records } = setUp();
    records.put('finding', finding({ revision: 1 }));
    records.put('annotation', mark({ finding: 'F', revision: 1 }));
    workspace.commit('delete finding', [
      { kind: 'finding', id: 'F', state: null },
      { kind: 'annotation', id: 'm', state: mark({ finding: null, revision: 1 }) },
    ]);
    await clock.pass(2000);
    expect(sent.map((s) => s.kind)).toEqual(['annotation', 'finding']);
    expect(sent[1]?.record.deleted).toBe(true);
  });

  it('tells the server nothing of a mark that was drawn and undone before it was sent', async () => {
    const { workspace, clock, sent, queue, storage } = setUp();
    workspace.commit('draw', [{ kind: 'annotation', id: 'm', state: mark() }]);
    workspace.undo();
    await clock.pass(2000);
    expect(sent).toHaveLength(0);
    expect(queue.summary().state).toBe('saved');
    expect(storage.length).toBe(0);
  });

  it('undoes a deletion on the revision that the deletion gave', async () => {
    const { workspace, clock, sent, records } = setUp();
    records.put('annotation', mark({ revision: 4 }));
    workspace.commit('delete', [{ kind: 'annotation', id: 'm', state: null }]);
    await clock.pass(1000);
    workspace.undo();
    await clock.pass(1000);
    expect(sent.map((s) => [s.record.deleted, s.record.revision])).toEqual([
      [true, 4],
      [false, 5],
    ]);
  });
});

describe('without a network', () => {
  it('says so, keeps the change, tries again, and says when it is saved', async () => {
    const { workspace, clock, queue, sent, behaviour, savedByServer, storage } = setUp(() => ({
      type: 'unreachable',
      message: '',
    }));
    workspace.commit('draw', [{ kind: 'annotation', id: 'm', state: mark() }]);
    await clock.pass(5000);
    expect(queue.summary().state).toBe('unreachable');
    expect(storage.length).toBe(1);
    expect(sent.length).toBeGreaterThan(2);
    behaviour.answer = (_, record) => savedByServer(record);
    await clock.pass(16_000);
    expect(queue.summary().state).toBe('saved');
    expect(storage.length).toBe(0);
  });

  it('brings everything back in a new page, deletions too, and sends it', async () => {
    const before = setUp(() => ({ type: 'unreachable', message: '' }));
    before.records.put('annotation', mark({ id: 'old', revision: 3 }));
    before.workspace.commit('draw', [{ kind: 'annotation', id: 'm', state: mark() }]);
    before.workspace.commit('delete', [{ kind: 'annotation', id: 'old', state: null }]);

    const after = setUp(undefined, before.storage);
    after.records.put('annotation', mark({ id: 'old', revision: 3 }));
    expect(after.queue.replay()).toBe(2);
    expect(after.records.live('annotation').map((m) => m.id)).toEqual(['m']);
    await after.clock.pass(1000);
    expect(after.sent.map((s) => [s.record.id, s.record.deleted, s.record.revision]).sort()).toEqual([
      ['m', false, 0],
      ['old', true, 3],
    ]);
    expect(after.storage.length).toBe(0);
  });

  it('does not drop a newer change that another tab put in the outbox', async () => {
    const { workspace, clock, storage } = setUp();
    workspace.commit('draw', [{ kind: 'annotation', id: 'm', state: mark() }]);
    const key = storage.key(0) as string;
    storage.setItem(key, JSON.stringify({ kind: 'annotation', record: mark({ label: 'newer' }) }));
    await clock.pass(1000);
    expect(storage.getItem(key)).toContain('newer');
  });
});

describe('refusals', () => {
  it('keep what the reader drew, with the server’s words, until it is changed', async () => {
    const { workspace, clock, queue, records, behaviour, savedByServer } = setUp(() => ({
      type: 'refused',
      message: 'outside the picture',
    }));
    workspace.commit('draw', [{ kind: 'annotation', id: 'm', state: mark() }]);
    await clock.pass(1000);
    expect(queue.trouble('annotation', 'm')).toEqual({ phase: 'refused', message: 'outside the picture' });
    expect(records.live('annotation')).toHaveLength(1);
    expect(queue.summary().state).toBe('refused');
    behaviour.answer = (_, record) => savedByServer(record);
    workspace.commit('move', [
      {
        kind: 'annotation',
        id: 'm',
        state: mark({
          points: [
            [2, 2],
            [3, 3],
          ],
        }),
      },
    ]);
    await clock.pass(1000);
    expect(queue.summary().state).toBe('saved');
  });
});

describe('conflicts', () => {
  const elsewhere = mark({ revision: 7, label: 'theirs' });
  const conflicted = async () => {
    const all = setUp(() => ({ type: 'conflict', current: elsewhere, message: 'changed' }));
    all.records.put('annotation', mark({ revision: 5 }));
    all.workspace.commit('move', [{ kind: 'annotation', id: 'm', state: mark({ revision: 5, label: 'mine' }) }]);
    await all.clock.pass(1000);
    return all;
  };

  it('wait for the reader', async () => {
    const { queue, clock, sent } = await conflicted();
    await clock.pass(60_000);
    expect(sent).toHaveLength(1);
    expect(queue.summary().words).toBe('Conflict: changed elsewhere');
    expect(queue.conflicts()[0]?.current).toEqual(elsewhere);
  });

  it('are settled with the own state on top of the other revision', async () => {
    const { queue, clock, sent, behaviour, savedByServer } = await conflicted();
    behaviour.answer = (_, record) => savedByServer(record);
    queue.settle('annotation', 'm', 'mine');
    await clock.pass(1000);
    expect(sent[1]?.record).toMatchObject({ revision: 7, label: 'mine' });
    expect(queue.summary().state).toBe('saved');
  });

  it('or with the other one, which is then shown', async () => {
    const { queue, records, storage } = await conflicted();
    queue.settle('annotation', 'm', 'theirs');
    expect(records.get('annotation', 'm')).toEqual(elsewhere);
    expect(queue.summary().state).toBe('saved');
    expect(storage.length).toBe(0);
  });
});

describe('suggestions', () => {
  it('send the decision only: the server makes the mark, and takes it back', async () => {
    const { workspace, clock, sent, records } = setUp((kind, record) =>
      kind === 'decision' ? { type: 'saved', record: null } : { type: 'saved', record },
    );
    const open = {
      id: 's',
      decision: null,
      annotation: null,
      finding: null,
      revision: 0,
      deleted: false,
      owner: '',
    } as const;
    records.put('decision', open);
    workspace.commit('accept', [
      { kind: 'decision', id: 's', state: { ...open, decision: 'accepted', annotation: 'm' } },
      { kind: 'annotation', id: 'm', state: mark({ provenance: 'suggestion' }) },
    ]);
    await clock.pass(1000);
    workspace.undo();
    await clock.pass(1000);
    expect(sent.map((s) => [s.kind, 'decision' in s.record && s.record.decision])).toEqual([
      ['decision', 'accepted'],
      ['decision', null],
    ]);
    expect(records.live('annotation')).toHaveLength(0);
  });
});
