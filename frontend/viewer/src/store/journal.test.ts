import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Annotation } from '../model/reading';
import { type Change, Journal } from './journal';
import type { AnyRecord } from './records';

const mark = (c: number): Annotation => ({
  id: 'm',
  case: 'c',
  frame: 'f',
  kind: 'point',
  points: [[c, 0]],
  finding: null,
  label: '',
  provenance: 'drawn',
  first_frame: null,
  last_frame: null,
  mask: null,
  locked: false,
  revision: 0,
  deleted: false,
  owner: 'r',
});

describe('the journal', () => {
  it('takes steps back in reverse order and does them again', () => {
    const journal = new Journal();
    journal.record('draw', [{ kind: 'annotation', id: 'm', before: null, after: mark(1) }], null, 0);
    journal.record('move', [{ kind: 'annotation', id: 'm', before: mark(1), after: mark(2) }], null, 1);
    expect(journal.undo()?.changes[0]?.after).toEqual(mark(1));
    expect(journal.undo()?.changes[0]?.after).toBeNull();
    expect(journal.undo()).toBeNull();
    expect(journal.redo()?.changes[0]?.after).toEqual(mark(1));
    expect(journal.redo()?.changes[0]?.after).toEqual(mark(2));
    expect(journal.canRedo).toBeNull();
  });

  it('forgets what was undone once something new is done', () => {
    const journal = new Journal();
    journal.record('draw', [{ kind: 'annotation', id: 'm', before: null, after: mark(1) }], null, 0);
    journal.undo();
    journal.record('draw', [{ kind: 'annotation', id: 'n', before: null, after: mark(3) }], null, 5);
    expect(journal.canRedo).toBeNull();
  });

  it('undoes quick typing as one step, slow typing letter by letter', () => {
    const journal = new Journal();
    journal.record('name', [{ kind: 'annotation', id: 'm', before: mark(0), after: mark(1) }], 'k', 0);
    journal.record('name', [{ kind: 'annotation', id: 'm', before: mark(1), after: mark(2) }], 'k', 200);
    journal.record('name', [{ kind: 'annotation', id: 'm', before: mark(2), after: mark(3) }], 'k', 9000);
    expect(journal.undo()?.changes[0]?.after).toEqual(mark(2));
    expect(journal.undo()?.changes[0]?.after).toEqual(mark(0));
  });

  it('forgets the steps of a record whose state was taken over from elsewhere', () => {
    const journal = new Journal();
    journal.record('draw', [{ kind: 'annotation', id: 'm', before: null, after: mark(1) }], null, 0);
    journal.record('draw', [{ kind: 'annotation', id: 'n', before: null, after: mark(2) }], null, 1);
    journal.forget('annotation', 'm');
    expect(journal.undo()?.changes[0]?.id).toBe('n');
    expect(journal.undo()).toBeNull();
  });

  it('takes what began within a merged step back whole, and what only its first part touched', () => {
    const journal = new Journal();
    const first = { id: 'a', answers: '4' } as unknown as AnyRecord;
    const second = { id: 'a', answers: '4B' } as unknown as AnyRecord;
    const beside = { id: 'f' } as unknown as AnyRecord;
    journal.record(
      'answer',
      [
        { kind: 'answer', id: 'a', before: null, after: first },
        { kind: 'finding', id: 'f', before: null, after: beside },
      ],
      'answer a',
      0,
    );
    journal.record('answer', [{ kind: 'answer', id: 'a', before: first, after: second }], 'answer a', 500);
    expect(journal.undo()?.changes).toEqual([
      { kind: 'answer', id: 'a', before: second, after: null },
      { kind: 'finding', id: 'f', before: beside, after: null },
    ]);
    expect(journal.canUndo).toBeNull();
  });

  it('undone to its beginning leaves what was there before, done again to its end what was made, however steps merged', () => {
    const step = fc.record({
      ids: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }),
      deletes: fc.boolean(),
      mergeKey: fc.constantFrom('typing', 'pulling', null),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const journal = new Journal();
        const states = new Map<string, AnyRecord | null>([['a', mark(0)]]);
        const apply = (changes: readonly Change[]): void => {
          for (const { id, after } of changes) states.set(id, after);
        };
        const seen = (): unknown[] => ['a', 'b', 'c'].map((id) => states.get(id) ?? null);
        const before = seen();
        steps.forEach(({ ids, deletes, mergeKey }, at) => {
          const changes = ids.map(
            (id): Change => ({
              kind: 'annotation',
              id,
              before: states.get(id) ?? null,
              after: deletes ? null : mark(at + 1),
            }),
          );
          journal.record('step', changes, mergeKey, at);
          apply(changes);
        });
        const after = seen();
        for (let step = journal.undo(); step; step = journal.undo()) apply(step.changes);
        expect(seen()).toEqual(before);
        for (let step = journal.redo(); step; step = journal.redo()) apply(step.changes);
        expect(seen()).toEqual(after);
      }),
    );
  });
});
