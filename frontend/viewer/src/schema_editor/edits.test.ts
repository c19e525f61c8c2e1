import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnswerValue } from '../model/questions';
import { holds } from '../panels/form_conditions';
import { conditionOf, rowsOf } from './conditions';
import type { Condition, Draft } from './draft';
import { isDrawable } from './draft';
import {
  addedOption,
  addedQuestion,
  changedOption,
  changedQuestion,
  duplicatedQuestion,
  movedQuestion,
  questionsOf,
  removedQuestion,
  renamedQuestion,
  revaluedOption,
  withGroups,
  withKind,
} from './edits';
import { History } from './history';
import { Keeper } from './keeper';
import { follows, nameFrom } from './names';
import { addedSystem, removedSystem, renamedSystem, withCategory, withEnd, withScoringKind } from './scoring_edits';

const GRADE: Condition = { question: 'grade', is: 'large' };

function draft(): Draft {
  return {
    title: 'Bleeds',
    definition: {
      applies_to: 'finding',
      modalities: ['CT'],
      answers: { written: 'by hand' },
      form: {
        groups: [{ name: 'what', title: 'What' }],
        questions: [
          { name: 'bleed', title: 'Bleed', kind: 'boolean', group: 'what' },
          {
            name: 'grade',
            title: 'Grade',
            kind: 'choice',
            show_when: { question: 'bleed', is: true },
            options: [
              { value: 'small', title: 'Small', points: { p: 0 } },
              { value: 'large', title: 'Large', points: { p: 3 } },
            ],
          },
          {
            name: 'width',
            title: 'Width',
            kind: 'number',
            minimum: 1,
            maximum: 9,
            show_when: { all: [GRADE, { not: GRADE }] },
          },
        ],
      },
      scoring: {
        kind: 'points',
        categories: ['grade'],
        size: 'width',
        systems: [{ name: 'p', title: 'Points', ends_at_zero: { grade: ['small'] } }],
        levels: [{ level: '1', from: 0, meaning: '' }],
      },
    },
  };
}

const shown = (d: Draft, at: number): Condition | undefined => questionsOf(d)[at]?.show_when;

describe('edits of a schema', () => {
  it('a name that is changed is followed in conditions and in the scoring', () => {
    const made = renamedQuestion(draft(), 1, 'extent');
    expect(shown(made, 2)).toEqual({
      all: [{ question: 'extent', is: 'large' }, { not: { question: 'extent', is: 'large' } }],
    });
    expect(made.definition.scoring.categories).toEqual(['extent']);
    expect(made.definition.scoring.systems?.[0]?.ends_at_zero).toEqual({ extent: ['small'] });
    expect(made.definition.answers).toBeUndefined();
    expect(renamedQuestion(made, 1, 'grade').definition.form).toEqual(draft().definition.form);
  });

  it('a value that is changed is followed too', () => {
    const made = revaluedOption(revaluedOption(draft(), 1, 1, 'big'), 1, 0, 'tiny');
    expect(shown(made, 2)).toEqual({
      all: [{ question: 'grade', is: 'big' }, { not: { question: 'grade', is: 'big' } }],
    });
    expect(made.definition.scoring.systems?.[0]?.ends_at_zero).toEqual({ grade: ['tiny'] });
  });

  it('a question that is taken out takes its conditions and points with it', () => {
    const made = removedQuestion(draft(), 1);
    expect(questionsOf(made).map((q) => q.name)).toEqual(['bleed', 'width']);
    expect(shown(made, 1)).toBeUndefined();
    expect(made.definition.scoring.categories).toEqual([]);
    expect(made.definition.scoring.systems?.[0]?.ends_at_zero).toBeUndefined();
    expect(removedQuestion(draft(), 2).definition.scoring.size).toBeUndefined();
  });

  it('a copy has a name of its own and gives the points of what it was copied from', () => {
    const made = duplicatedQuestion(draft(), 1);
    expect(questionsOf(made)[2]).toMatchObject({ name: 'grade_copy', title: 'Grade (copy)' });
    expect(made.definition.scoring.categories).toEqual(['grade', 'grade_copy']);
  });

  it('a new option of a question that gives points gives none yet', () => {
    expect(questionsOf(addedOption(draft(), 1, 2))[1]?.options?.[2]).toEqual({
      value: 'option',
      title: '',
      points: { p: 0 },
    });
    expect(questionsOf(addedQuestion(draft(), 3))[3]).toEqual({
      name: 'question',
      title: '',
      kind: 'choice',
      options: [],
    });
  });

  it('another kind drops what only the old one has', () => {
    expect(questionsOf(withKind(draft(), 2, 'text'))[2]).toEqual({
      name: 'width',
      title: 'Width',
      kind: 'text',
      show_when: shown(draft(), 2),
    });
    expect(withKind(draft(), 1, 'text').definition.scoring.categories).toEqual([]);
    expect(questionsOf(withKind(draft(), 1, 'multiple'))[1]?.options).toHaveLength(2);
  });

  it('a field that was emptied leaves no trace, a title stays', () => {
    const made = changedQuestion(changedQuestion(draft(), 0, { help: 'x', required: true }), 0, {
      help: '',
      required: false,
      title: '',
    });
    expect(questionsOf(made)[0]).toEqual({ name: 'bleed', title: '', kind: 'boolean', group: 'what' });
    expect(questionsOf(changedOption(draft(), 1, 0, { key: '' }))[1]?.options?.[0]).toEqual({
      value: 'small',
      title: 'Small',
      points: { p: 0 },
    });
  });

  it('a heading that is gone leaves its questions without one', () => {
    const made = withGroups(draft(), []);
    expect(made.definition.form.groups).toBeUndefined();
    expect(questionsOf(made)[0]?.group).toBeUndefined();
  });

  it('a second table has points for every option, and none when it is gone', () => {
    const made = renamedSystem(addedSystem(draft()), 1, 'second');
    expect(questionsOf(made)[1]?.options?.map((o) => o.points)).toEqual([
      { p: 0, second: 0 },
      { p: 3, second: 0 },
    ]);
    expect(removedSystem(made, 1).definition.form).toEqual(draft().definition.form);
  });

  it('points begin with every question that has options and go with the scoring', () => {
    const none = withScoringKind(draft(), 'none');
    expect(questionsOf(none)[1]?.options?.[0]).toEqual({ value: 'small', title: 'Small' });
    const points = withScoringKind(none, 'points');
    expect(points.definition.scoring).toMatchObject({ kind: 'points', categories: ['grade'] });
    expect(questionsOf(points)[1]?.options?.[0]?.points).toEqual({ points: 0 });
    expect(questionsOf(withCategory(points, 'grade', false))[1]?.options?.[0]?.points).toBeUndefined();
    expect(withEnd(draft(), 0, 'grade', 'small', false).definition.scoring.systems?.[0]).toEqual({
      name: 'p',
      title: 'Points',
    });
  });

  it('whatever is moved and moved back is as it was', () => {
    fc.assert(
      fc.property(fc.nat(2), fc.nat(2), (from, to) => {
        const { answers: _answers, ...definition } = draft().definition;
        expect(movedQuestion(movedQuestion(draft(), from, to), to, from).definition).toEqual(
          from === to ? expect.objectContaining(definition) : definition,
        );
      }),
    );
  });
});

describe('conditions as rows', () => {
  const values = fc.array(fc.constantFrom('small', 'large', 'huge'), { minLength: 1, maxLength: 3 });
  const row = fc.oneof(
    fc.record({ question: fc.constant('grade'), relation: fc.constantFrom('is', 'is_not'), values }),
    fc.record({
      question: fc.constant('signs'),
      relation: fc.constantFrom('includes', 'excludes'),
      values: values.map((v) => v.slice(0, 1)),
    }),
    fc.record({
      question: fc.constant('bleed'),
      relation: fc.constantFrom('answered', 'unanswered'),
      values: fc.constant([]),
    }),
  );

  const group = fc.record({
    joint: fc.constantFrom('all', 'any', 'not_all', 'none'),
    rows: fc.array(row, { minLength: 1, maxLength: 3 }),
  });

  it('rows and groups that are said as a condition are read as the same', () => {
    fc.assert(
      fc.property(fc.constantFrom('all', 'any'), fc.array(fc.oneof(row, group), { maxLength: 4 }), (joint, rows) => {
        const said = conditionOf({ joint, rows } as Parameters<typeof conditionOf>[0]);
        const isOneRow = rows.length === 0 || (rows.length === 1 && !('rows' in (rows[0] as object)));
        expect(rowsOf(said)).toEqual({ joint: isOneRow ? 'all' : joint, rows });
      }),
    );
  });

  it('a condition that is read and said again asks in the same cases', () => {
    const leaf = fc.constantFrom<Condition>(
      { question: 'a', is: 1 },
      { question: 'b', is_one_of: [1, 2] },
      { question: 'c', includes: 'x' },
      { question: 'a', answered: true },
      { question: 'b', answered: false },
    );
    const within = (inner: fc.Arbitrary<Condition>): fc.Arbitrary<Condition> =>
      fc.oneof(
        inner,
        fc.record({ not: inner }),
        fc.record({ all: fc.array(inner, { minLength: 1, maxLength: 3 }) }),
        fc.record({ any: fc.array(inner, { minLength: 1, maxLength: 3 }) }),
      );
    const answers = fc.record({
      a: fc.constantFrom(null, 1, 2),
      b: fc.constantFrom(null, 1, 3),
      c: fc.constantFrom(null, ['x'], ['y']),
    });
    fc.assert(
      fc.property(within(within(leaf)), fc.array(answers, { minLength: 5 }), (condition, given) => {
        const rows = rowsOf(condition);
        fc.pre(rows !== null);
        const said = conditionOf(rows as NonNullable<typeof rows>) as Condition;
        for (const one of given) {
          const answerTo = (question: string): AnswerValue => one[question as 'a'] as AnswerValue;
          expect(holds(said as never, answerTo)).toBe(holds(condition as never, answerTo));
        }
      }),
    );
  });

  it('groups are read one deep: what is nested deeper is no rows', () => {
    const grade = { question: 'grade', relation: 'is', values: ['large'] };
    expect(rowsOf({ all: [{ any: [GRADE, GRADE] }, GRADE] })?.rows[0]).toEqual({ joint: 'any', rows: [grade, grade] });
    expect(rowsOf({ not: { all: [GRADE] } })).toEqual({ joint: 'all', rows: [{ joint: 'not_all', rows: [grade] }] });
    expect(rowsOf({ not: { question: 'grade', answered: true } })?.rows).toEqual([
      { question: 'grade', relation: 'unanswered', values: [] },
    ]);
    expect(rowsOf({ all: [{ any: [{ all: [GRADE] }] }, GRADE] })).toBeNull();
    expect(rowsOf({ not: { not: { all: [GRADE] } } })).toBeNull();
  });
});

describe('names', () => {
  it('are made of titles, in small letters, and of each there is one', () => {
    expect(nameFrom('Größe (mm)', [], 'q')).toBe('gro_e_mm');
    expect(nameFrom('3 or more', [], 'q')).toBe('or_more');
    expect(nameFrom('Size', ['size', 'size_2'], 'q')).toBe('size_3');
    expect(nameFrom('血腫', [], 'question')).toBe('question');
    expect(follows('size_3', 'Size', ['size', 'size_2'], 'q')).toBe(true);
  });

  it('are always such as a schema takes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.constantFrom('q', 'a', 'b_2')), (title, taken) => {
        const name = nameFrom(title, taken, 'q');
        expect(name).toMatch(/^[a-z][a-z0-9_]{0,63}$/);
        expect(taken).not.toContain(name);
      }),
    );
  });
});

describe('history', () => {
  const titled = (title: string): Draft => ({ ...draft(), title });

  it('typing in one field is one step, a pause makes another', () => {
    const history = new History(titled(''));
    for (const title of ['a', 'ab', 'abc']) history.change(titled(title), 'typed', 'title');
    history.pause();
    history.change(titled('abcd'), 'typed', 'title');
    history.undo();
    expect(history.now.title).toBe('abc');
    history.undo();
    expect([history.now.title, history.canUndo]).toEqual(['', false]);
    history.redo();
    history.redo();
    expect([history.now.title, history.canRedo]).toEqual(['abcd', false]);
  });

  it('undone and redone in any order, it shows what was there', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('change', 'undo', 'redo'), { maxLength: 40 }), (acts) => {
        const history = new History(titled('0'));
        let [states, at] = [['0'], 0];
        for (const [n, act] of acts.entries()) {
          if (act === 'change') {
            history.change(titled(String(n + 1)), 'made');
            [states, at] = [[...states.slice(0, at + 1), String(n + 1)], at + 1];
          } else if (act === 'undo') {
            history.undo();
            at = Math.max(0, at - 1);
          } else {
            history.redo();
            at = Math.min(states.length - 1, at + 1);
          }
          expect(history.now.title).toBe(states[at]);
        }
      }),
    );
  });
});

describe('what came as JSON', () => {
  it('is drawn only where every part has its shape', () => {
    expect(isDrawable(draft())).toBe(true);
    const broken = (change: (d: Record<string, never>) => void): boolean => {
      const made = JSON.parse(JSON.stringify(draft())) as { definition: Record<string, never> };
      change(made.definition);
      return isDrawable(made);
    };
    expect(broken((d) => Object.assign(d, { modalities: 'CT' }))).toBe(false);
    expect(broken((d) => Object.assign(d, { form: { questions: [{ name: 'a' }] } }))).toBe(false);
    expect(broken((d) => Object.assign(d, { scoring: 7 }))).toBe(false);
    expect(isDrawable(null)).toBe(false);
  });

  it('is kept in the browser and forgotten where it is no draft', () => {
    const store = new Map<string, string>();
    const storage = {
      getItem: (name: string) => store.get(name) ?? null,
      setItem: (name: string, value: string) => store.set(name, value),
      removeItem: (name: string) => store.delete(name),
    } as unknown as Storage;
    const keeper = new Keeper('ada', 'bleeds', storage);
    keeper.keep({ draft: draft(), revision: 3 });
    expect(new Keeper('ada', 'bleeds', storage).kept()).toEqual({ draft: draft(), revision: 3 });
    expect(new Keeper('bob', 'bleeds', storage).kept()).toBeNull();
    store.set([...store.keys()][0] as string, '{"draft": 7}');
    expect(keeper.kept()).toBeNull();
  });
});
