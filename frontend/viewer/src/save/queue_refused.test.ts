import { describe, expect, it } from 'vitest';
import { saved, setUp } from './queue_set_up';
import { finding, mark, settle } from './testing';

describe('refusals', () => {
  it('keep what the reader drew, with the server’s words, until it is changed', async () => {
    const { draw, clock, queue, records, server } = setUp(() => ({ type: 'refused', message: 'outside the picture' }));
    draw();
    await clock.pass(1000);
    expect(queue.trouble('annotation', 'm')).toEqual({ phase: 'refused', message: 'outside the picture' });
    expect(records.live('annotation')).toHaveLength(1);
    expect(queue.summary()).toMatchObject({ state: 'refused', words: 'One change not accepted' });
    server.answer = saved;
    draw({ label: 'inside' });
    await clock.pass(1000);
    expect(queue.summary().state).toBe('saved');
  });

  it('let the others go on, and what belongs to what was refused waits without an end to the saving', async () => {
    const { workspace, draw, clock, queue, sent } = setUp((sending) =>
      sending.kind === 'finding' ? { type: 'refused', message: 'no such kind' } : saved(sending),
    );
    workspace.commit('draw', [
      { kind: 'finding', id: 'F', state: finding() },
      { kind: 'annotation', id: 'm', state: mark({ finding: 'F' }) },
    ]);
    draw({ id: 'n' });
    await clock.pass(1000);
    expect(sent.map((s) => s.record.id)).toEqual(['F', 'n']);
    expect(queue.summary()).toMatchObject({ state: 'refused', unsaved: 2 });
    await queue.settled();
  });

  it('can be given up', async () => {
    const { draw, clock, queue, records, outbox } = setUp(() => ({ type: 'closed', message: 'submitted' }));
    let closed = '';
    queue.onClosed = (message) => {
      closed = message;
    };
    records.put('annotation', mark({ revision: 2, label: 'was' }));
    draw({ revision: 2, label: 'is' });
    await clock.pass(1000);
    expect(closed).toBe('submitted');
    queue.giveUp('annotation', 'm', mark({ revision: 2, label: 'was' }));
    await settle();
    expect(records.get('annotation', 'm')?.label).toBe('was');
    expect(queue.summary().state).toBe('saved');
    expect(outbox.left).toEqual([]);
  });

  it('by a server that breaks are tried again while others pass', async () => {
    let broken = true;
    const { draw, clock, queue, sent } = setUp((sending) =>
      sending.record.id === 'm' && broken ? { type: 'failed', message: '500' } : saved(sending),
    );
    draw();
    draw({ id: 'n' });
    await clock.pass(5000);
    expect(sent.filter((s) => s.record.id === 'n')).toHaveLength(1);
    expect(sent.filter((s) => s.record.id === 'm').length).toBeGreaterThan(1);
    broken = false;
    await clock.pass(60_000);
    expect(queue.summary().state).toBe('saved');
  });
});

describe('conflicts', () => {
  const elsewhere = mark({ revision: 7, label: 'theirs' });
  const conflicted = async () => {
    const all = setUp((sending) =>
      sending.record.id === 'm' ? { type: 'conflict', current: elsewhere, message: 'changed' } : saved(sending),
    );
    all.records.put('annotation', mark({ revision: 5 }));
    all.draw({ revision: 5, label: 'mine' });
    await all.clock.pass(1000);
    return all;
  };

  it('wait for the reader while other marks go on being saved', async () => {
    const { queue, clock, sent, draw, records } = await conflicted();
    draw({ id: 'n' });
    await clock.pass(60_000);
    expect(sent.map((s) => s.record.id)).toEqual(['m', 'n']);
    expect(records.get('annotation', 'n')?.revision).toBe(1);
    expect(queue.summary().words).toBe('Conflict: changed elsewhere');
    expect(queue.conflicts()[0]?.current).toEqual(elsewhere);
  });

  it('are settled with the own newest state on top of the other revision', async () => {
    const { queue, clock, sent, server, draw } = await conflicted();
    draw({ revision: 5, label: 'mine, later' });
    server.answer = saved;
    queue.settle('annotation', 'm', 'mine');
    await clock.pass(1000);
    expect(sent.slice(1).map((s) => s.record)).toMatchObject([{ revision: 7, label: 'mine, later' }]);
    expect(sent[1]?.change).not.toBe(sent[0]?.change);
    expect(queue.summary().state).toBe('saved');
  });

  it('or with the other one, which is then shown', async () => {
    const { queue, records, outbox } = await conflicted();
    queue.settle('annotation', 'm', 'theirs');
    await settle();
    expect(records.get('annotation', 'm')).toEqual(elsewhere);
    expect(queue.summary().state).toBe('saved');
    expect(outbox.left).toEqual([]);
  });

  it('are none where both made the same', async () => {
    const { queue, draw, clock, records } = setUp(() => ({ type: 'conflict', current: elsewhere, message: '' }));
    records.put('annotation', mark({ revision: 5 }));
    draw({ revision: 5, label: 'theirs' });
    await clock.pass(1000);
    expect(queue.summary().state).toBe('saved');
    expect(records.get('annotation', 'm')?.revision).toBe(7);
  });
});

describe('suggestions', () => {
  const open = {
    id: 's',
    decision: null,
    annotation: null,
    finding: null,
    reason: '',
    revision: 0,
    deleted: false,
    owner: '',
  } as const;
  const accepted = { ...open, decision: 'accepted', annotation: 'm' } as const;
  const ofSuggestion = mark({ provenance: 'suggestion' });

  it('send the decision only: the server makes the mark, and takes it back', async () => {
    const { workspace, clock, sent, records } = setUp((sending) =>
      sending.kind === 'decision' ? { type: 'saved', record: null } : saved(sending),
    );
    records.put('decision', open);
    workspace.commit('accept', [
      { kind: 'decision', id: 's', state: accepted },
      { kind: 'annotation', id: 'm', state: ofSuggestion },
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

  it('save what is changed on an accepted mark after the acceptance, on the revision that this gave', async () => {
    const { workspace, clock, sent, records, queue } = setUp((sending) =>
      sending.kind === 'decision'
        ? { type: 'saved', record: null, mark: { ...ofSuggestion, revision: 1 } }
        : saved(sending),
    );
    records.put('decision', open);
    workspace.commit('accept', [
      { kind: 'decision', id: 's', state: accepted },
      { kind: 'annotation', id: 'm', state: ofSuggestion },
    ]);
    workspace.commit('label', [{ kind: 'annotation', id: 'm', state: { ...ofSuggestion, label: 'mine' } }]);
    await clock.pass(1000);
    expect(sent.map((s) => [s.kind, s.record.revision])).toEqual([
      ['decision', 0],
      ['annotation', 1],
    ]);
    expect(records.get('annotation', 'm')).toMatchObject({ label: 'mine', revision: 2 });
    expect(queue.summary().state).toBe('saved');
  });
});
