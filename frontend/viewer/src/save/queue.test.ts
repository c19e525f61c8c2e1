import { describe, expect, it } from 'vitest';
import { down, saved, setUp } from './queue_set_up';
import { finding, MemoryOutbox, mark, settle, TestServer } from './testing';

describe('saving', () => {
  it('sends a change at once and then says that everything is saved', async () => {
    const { draw, clock, queue, sent, records, outbox } = setUp();
    draw();
    expect(queue.summary()).toMatchObject({ words: 'Saving…', unsaved: 1 });
    await clock.pass(0);
    expect(sent).toHaveLength(1);
    expect(queue.summary()).toMatchObject({ state: 'saved', unsaved: 0, unkept: 0 });
    expect(records.get('annotation', 'm')?.revision).toBe(1);
    expect(outbox.left).toEqual([]);
  });

  it('makes every change a revision of its own, in order, each with its own identifier', async () => {
    const { draw, clock, sent } = setUp();
    for (const label of ['a', 'b', 'c']) draw({ label });
    await clock.pass(1000);
    expect(sent.map((s) => [s.record.revision, 'label' in s.record && s.record.label])).toEqual([
      [0, 'a'],
      [1, 'b'],
      [2, 'c'],
    ]);
    expect(new Set(sent.map((s) => s.change)).size).toBe(3);
  });

  it('saves fast typing in pauses, never later than within a second', async () => {
    const { workspace, clock, sent, records } = setUp();
    records.put('finding', finding({ revision: 1 }));
    for (let i = 1; i <= 20; i++) {
      const state = finding({ revision: 1, name: 'x'.repeat(i) });
      workspace.commit('name', [{ kind: 'finding', id: 'F', state }], 'name F');
      await clock.pass(100);
    }
    await clock.pass(1000);
    expect(sent.length).toBeGreaterThanOrEqual(2);
    expect(sent.length).toBeLessThan(6);
    expect(sent.at(-1)?.record).toMatchObject({ name: 'x'.repeat(20) });
  });

  it('sends one request at a time a record, and others beside it', async () => {
    const { draw, clock, sent, server, records } = setUp();
    const waiting: (() => void)[] = [];
    server.answer = (sending) => new Promise((resolve) => waiting.push(() => resolve(saved(sending))));
    draw();
    draw({ label: 'moved' });
    draw({ id: 'n' });
    await clock.pass(2000);
    expect(sent.map((s) => s.record.id)).toEqual(['m', 'n']);
    for (const answer of waiting) answer();
    await settle();
    expect(sent[2]?.record).toMatchObject({ id: 'm', label: 'moved', revision: 1 });
    expect(records.get('annotation', 'm')).toMatchObject({ label: 'moved', revision: 1 });
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

  it('does not let a mark wait for changes of a finding that the server has', async () => {
    const { workspace, clock, sent, records } = setUp(() => new Promise(() => undefined));
    records.put('finding', finding({ revision: 3 }));
    workspace.commit('name', [{ kind: 'finding', id: 'F', state: finding({ revision: 3, name: 'left' }) }]);
    workspace.commit('draw', [{ kind: 'annotation', id: 'm', state: mark({ finding: 'F' }) }]);
    await clock.pass(0);
    expect(sent.map((s) => s.kind)).toEqual(['finding', 'annotation']);
  });

  it('deletes a finding only after its marks have left it, and brings it back before they return', async () => {
    const server = new TestServer();
    const { workspace, clock, sent, records, queue } = setUp((sending) => server.save(sending));
    workspace.commit('draw', [
      { kind: 'finding', id: 'F', state: finding() },
      { kind: 'annotation', id: 'm', state: mark({ finding: 'F' }) },
    ]);
    await clock.pass(1000);
    workspace.commit('delete finding', [
      { kind: 'finding', id: 'F', state: null },
      { kind: 'annotation', id: 'm', state: { ...(records.get('annotation', 'm') ?? mark()), finding: null } },
    ]);
    await clock.pass(1000);
    workspace.undo();
    await clock.pass(1000);
    expect(sent.map((s) => s.kind)).toEqual([
      'finding',
      'annotation',
      'annotation',
      'finding',
      'finding',
      'annotation',
    ]);
    expect(queue.summary().state).toBe('saved');
  });

  it('tells the server nothing of a mark that was drawn and undone before it was sent', async () => {
    const { workspace, draw, clock, sent, queue, outbox } = setUp();
    workspace.commit('type', [{ kind: 'annotation', id: 'm', state: mark() }], 'a text that is being typed');
    workspace.undo();
    await clock.pass(2000);
    expect(sent).toHaveLength(0);
    expect(queue.summary().state).toBe('saved');
    expect(outbox.left).toEqual([]);
    draw();
    await clock.pass(100);
    expect(sent).toHaveLength(1);
  });

  it('undoes across saves, on the revision that the last save gave, as far back as the page goes', async () => {
    const { workspace, draw, clock, sent, records, queue } = setUp();
    records.put('annotation', mark({ revision: 4 }));
    workspace.commit('delete', [{ kind: 'annotation', id: 'm', state: null }]);
    await clock.pass(1000);
    workspace.undo();
    await clock.pass(1000);
    expect(sent.map((s) => [s.record.deleted, s.record.revision])).toEqual([
      [true, 4],
      [false, 5],
    ]);
    for (let i = 0; i < 1200; i++) draw({ label: `${i}`, revision: 6 });
    for (let i = 0; i < 1200; i++) expect(workspace.undo()).not.toBeNull();
    await queue.settled();
    expect(records.get('annotation', 'm')?.label).toBe('');
    expect(sent.at(-1)?.record).toMatchObject({ label: '', deleted: false });
  });
});

describe('without a network', () => {
  it('counts what waits, keeps it, tries again, and says when it is saved', async () => {
    const { draw, clock, queue, outbox, server, sent } = setUp(down);
    draw();
    draw({ label: 'a' });
    draw({ id: 'n' });
    await clock.pass(5000);
    expect(queue.summary()).toMatchObject({
      state: 'unreachable',
      words: 'Not saved: 3 changes wait (kept in this browser)',
      unkept: 0,
    });
    expect(outbox.left).toHaveLength(3);
    // One probe at a time: 0.5, 1.5, 3.5 s after the first attempts.
    expect(sent.length).toBeLessThan(8);
    server.answer = saved;
    await clock.pass(16_000);
    expect(queue.summary().state).toBe('saved');
    expect(outbox.left).toEqual([]);
  });

  it('sends at once when it is asked to', async () => {
    const { draw, clock, queue, server } = setUp(() => ({ type: 'full', message: 'The disk is full.' }));
    draw();
    await clock.pass(60_000);
    expect(queue.summary().words).toBe('Server full: 1 change waits (kept in this browser)');
    expect(queue.lineMessage).toBe('The disk is full.');
    server.answer = saved;
    queue.flush();
    await clock.pass(0);
    expect(queue.summary().state).toBe('saved');
  });

  it('brings everything back in a new page, deletions too, and sends it', async () => {
    const before = setUp(down);
    before.records.put('annotation', mark({ id: 'old', revision: 3 }));
    before.draw();
    before.draw({ label: 'again' });
    before.workspace.commit('delete', [{ kind: 'annotation', id: 'old', state: null }]);
    await settle();

    const identifiers = before.outbox.left.map((change) => change.id);
    const after = setUp(saved, before.outbox);
    after.records.put('annotation', mark({ id: 'old', revision: 3 }));
    expect(after.queue.adopt(before.outbox.left)).toBe(3);
    expect(after.records.live('annotation').map((m) => [m.id, m.label])).toEqual([['m', 'again']]);
    await after.clock.pass(1000);
    expect(after.sent.map((s) => [s.record.id, s.record.revision, s.record.deleted])).toEqual([
      ['m', 0, false],
      ['old', 3, true],
      ['m', 1, false],
    ]);
    expect(after.sent.map((s) => s.change).sort()).toEqual(identifiers.sort());
    expect(after.outbox.left).toEqual([]);
  });

  it('sends under the same identifier what may have arrived already', async () => {
    const server = new TestServer();
    const before = setUp((sending) => {
      server.save(sending);
      return down(); // it arrived, its answer did not
    });
    before.draw();
    await settle();
    const after = setUp((sending) => server.save(sending), before.outbox);
    after.queue.adopt(before.outbox.left);
    after.draw({ label: 'more' });
    await after.clock.pass(1000);
    expect(server.log.map((s) => s.record.revision)).toEqual([0, 1]);
    expect(after.queue.summary().state).toBe('saved');
  });

  it('goes on, in a new page, from the change that was confirmed last', async () => {
    const server = new TestServer();
    const before = setUp((sending) =>
      'label' in sending.record && sending.record.label === 'b' ? down() : server.save(sending),
    );
    before.draw({ label: 'a' });
    before.draw({ label: 'b' });
    await before.clock.pass(100);
    expect(before.outbox.left.map((change) => change.record)).toMatchObject([{ label: 'b', revision: 1 }]);
    const after = setUp((sending) => server.save(sending), before.outbox);
    after.queue.adopt(before.outbox.left);
    await after.clock.pass(1000);
    expect(after.queue.summary().state).toBe('saved');
    expect(server.log.map((s) => s.record.revision)).toEqual([0, 1]);
  });

  it('does not write over what another window made of a change whose answer was lost', async () => {
    const server = new TestServer();
    let isLost = true;
    const { draw, clock, queue } = setUp((sending) => {
      const outcome = server.save(structuredClone(sending));
      return isLost ? down() : outcome;
    });
    draw({ label: 'a' });
    await clock.pass(0);
    server.save({
      kind: 'annotation',
      record: mark({ label: 'elsewhere', revision: 1 }),
      change: 'x',
      keepalive: false,
    });
    draw({ label: 'b' });
    isLost = false;
    await clock.pass(30_000);
    expect(queue.conflicts().map((c) => c.current)).toMatchObject([{ label: 'elsewhere', revision: 2 }]);
    expect(server.log.map((s) => 'label' in s.record && s.record.label)).toEqual(['a', 'elsewhere']);
  });

  it('lets what a dead page left wait while this page changes the same record', async () => {
    const server = new TestServer();
    const dead = setUp(down);
    dead.draw({ label: 'dead' });
    await settle();
    const alive = setUp((sending) => server.save(sending));
    alive.draw({ label: 'alive' });
    expect(alive.queue.adopt(dead.outbox.left)).toBe(0);
    await alive.clock.pass(1000);
    expect(alive.queue.conflicts().map((c) => c.current)).toMatchObject([{ label: 'alive' }]);
  });
});

describe('a browser that keeps nothing', () => {
  it('says that the page must stay open, and goes on saving', async () => {
    const outbox = new MemoryOutbox();
    outbox.full = true;
    const { draw, clock, queue, server } = setUp(down, outbox);
    draw();
    await clock.pass(100);
    expect(queue.summary()).toMatchObject({ words: 'Not saved: 1 change waits (do not close this page)', unkept: 1 });
    expect(queue.storageTrouble).toBe('the browser has no room left');
    outbox.full = false;
    await clock.pass(20_000);
    expect(queue.summary()).toMatchObject({ words: 'Not saved: 1 change waits (kept in this browser)', unkept: 0 });
    server.answer = saved;
    await clock.pass(20_000);
    expect(queue.summary().state).toBe('saved');
    expect(outbox.left).toEqual([]);
  });
});
