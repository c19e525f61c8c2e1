/** When a question is asked: rows of question, relation and value that are chosen. */
import { h } from '../page/dom';
import {
  type ConditionRow,
  type ConditionRows,
  conditionOf,
  firstValue,
  freshRow,
  type Relation,
  relationsFor,
  rowsOf,
  takesValues,
} from './conditions';
import type { Condition, Question, Value } from './draft';
import type { Editing } from './editing';
import { changedQuestion, questionsOf } from './edits';
import { button, checkField, faultSlot, numberField, selectField, textField } from './fields';

const RELATION_WORDS: Readonly<Record<Relation, string>> = {
  is: 'is',
  is_not: 'is not',
  includes: 'includes',
  excludes: 'does not include',
  answered: 'is answered',
  unanswered: 'is not answered',
};

export function conditionEditor(editing: Editing, at: number): HTMLElement {
  const questions = questionsOf(editing.draft);
  const path = `form.questions[${at}].show_when`;
  const others = questions.filter((_, i) => i !== at);
  const shown = rowsOf(questions[at]?.show_when);
  const whole = h('fieldset', { class: 'condition' }, h('legend', {}, 'Asked when'));
  if (shown === null) whole.append(...nested(editing, at, path));
  else {
    const { rows } = shown;
    if (rows.length === 0) whole.append(h('p', { class: 'soft' }, 'Always.'));
    if (rows.length > 1)
      whole.append(
        selectField(
          { label: 'How many of these hold', path: `${path}.joint`, bare: true, class: 'short' },
          [
            ['all', 'all of these hold'],
            ['any', 'any of these holds'],
          ],
          shown.joint,
          (joint) => put(editing, at, (now) => ({ ...now, joint: joint as ConditionRows['joint'] }), `${path}.joint`),
        ),
      );
    whole.append(...rows.map((row, place) => rowElement(editing, at, row, place)));
    whole.append(
      button(
        rows.length > 0 ? 'Add a condition' : 'Only when …',
        () => {
          const [first] = others;
          if (first)
            put(
              editing,
              at,
              (now) => ({ ...now, rows: [...now.rows, freshRow(first)] }),
              `${path}.${rows.length}.question`,
            );
        },
        { class: 'small', path: `${path}.add`, disabled: others.length === 0 },
      ),
    );
  }
  whole.append(faultSlot(path));
  return whole;
}

function rowElement(editing: Editing, at: number, row: ConditionRow, place: number): HTMLElement {
  const path = `form.questions[${at}].show_when.${place}`;
  const questions = questionsOf(editing.draft).filter((_, i) => i !== at);
  const asked = questions.find((q) => q.name === row.question);
  const made = (change: (row: ConditionRow) => ConditionRow): ((now: ConditionRows) => ConditionRows) => {
    return (now) => ({ ...now, rows: now.rows.map((one, i) => (i === place ? change(one) : one)) });
  };
  return h(
    'div',
    { class: 'condition-row' },
    selectField(
      { label: `Question of condition ${place + 1}`, path: `${path}.question`, bare: true },
      questions.map((q): [string, string] => [q.name, q.title || q.name]),
      row.question,
      (name) => {
        const chosen = questions.find((q) => q.name === name);
        if (chosen)
          put(
            editing,
            at,
            made(() => freshRow(chosen)),
            `${path}.question`,
          );
      },
    ),
    selectField(
      { label: `Relation of condition ${place + 1}`, path: `${path}.relation`, bare: true },
      relationsFor(asked).map((one): [string, string] => [one, RELATION_WORDS[one]]),
      row.relation,
      (relation) =>
        put(
          editing,
          at,
          made((old) => related(old, relation as Relation, asked)),
          `${path}.relation`,
        ),
    ),
    valueElement(row, asked, `${path}.value`, {
      typed: (value) =>
        editing.typed(
          (d) =>
            withRows(
              d,
              at,
              made((old) => ({ ...old, values: [value] })),
            ),
          `${path}.value`,
        ),
      ticked: (change, focus) =>
        put(
          editing,
          at,
          made((old) => ({ ...old, values: change(old.values) })),
          focus,
        ),
    }),
    button(
      '✕',
      () =>
        put(
          editing,
          at,
          (now) => ({ ...now, rows: now.rows.filter((_, i) => i !== place) }),
          `form.questions[${at}].show_when.add`,
        ),
      { class: 'small icon', name: `Remove condition ${place + 1}` },
    ),
  );
}

function related(row: ConditionRow, relation: Relation, asked: Question | undefined): ConditionRow {
  if (!takesValues(relation)) return { ...row, relation, values: [] };
  return { ...row, relation, values: row.values.length === 0 && asked ? firstValue(asked) : row.values };
}

interface ValueActs {
  /** The field shows it already. */
  typed(value: Value): void;
  ticked(change: (values: readonly Value[]) => readonly Value[], focus: string): void;
}

function valueElement(row: ConditionRow, asked: Question | undefined, path: string, acts: ValueActs): HTMLElement {
  const field = { label: 'Value', path, bare: true };
  const first = String(row.values[0] ?? '');
  if (!asked || !takesValues(row.relation)) return h('span', {});
  const options = asked.options ?? [];
  if (asked.kind === 'boolean') {
    const words = [
      ['true', 'yes'],
      ['false', 'no'],
    ] as const;
    return selectField(field, words, first, (value) => acts.typed(value === 'true'));
  }
  if (asked.kind === 'number') return numberField(field, Number(row.values[0]), (value) => acts.typed(value ?? 0));
  if (asked.kind === 'text') return textField(field, first, (value) => acts.typed(value));
  if (asked.kind === 'multiple')
    return selectField(
      field,
      options.map((o): [string, string] => [o.value, o.title]),
      first,
      (value) => acts.typed(value),
    );
  return h(
    'div',
    { class: 'ticks', role: 'group', 'aria-label': `${asked.title}: any of` },
    ...options.map((option) =>
      checkField(
        { label: option.title || option.value, path: `${path}.${option.value}` },
        row.values.includes(option.value),
        (on) =>
          acts.ticked(
            (old) => options.map((o) => o.value).filter((v) => (v === option.value ? on : old.includes(v))),
            `${path}.${option.value}`,
          ),
      ),
    ),
  );
}

/** A condition that rows can't show, as JSON. */
function nested(editing: Editing, at: number, path: string): HTMLElement[] {
  const area = h('textarea', {
    class: 'mono',
    rows: 6,
    'data-path': path,
    'aria-label': 'The condition as JSON',
    spellcheck: 'false',
    onchange: () => {
      try {
        const show_when = JSON.parse(area.value) as Condition;
        area.removeAttribute('aria-invalid');
        editing.made((d) => changedQuestion(d, at, { show_when }), path);
      } catch {
        area.setAttribute('aria-invalid', 'true');
      }
    },
  });
  area.value = JSON.stringify(questionsOf(editing.draft)[at]?.show_when, null, 2);
  return [
    h('p', { class: 'soft small' }, 'This condition holds others within it: it is written as JSON.'),
    area,
    button(
      'Ask it always',
      () => editing.made((d) => changedQuestion(d, at, { show_when: undefined }), `${path}.add`),
      {
        class: 'small',
      },
    ),
  ];
}

type Draft = Editing['draft'];

function put(editing: Editing, at: number, change: (rows: ConditionRows) => ConditionRows, place: string): void {
  editing.made((d) => withRows(d, at, change), place);
}

function withRows(draft: Draft, at: number, change: (rows: ConditionRows) => ConditionRows): Draft {
  const now = rowsOf(questionsOf(draft)[at]?.show_when);
  return now ? changedQuestion(draft, at, { show_when: conditionOf(change(now)) }) : draft;
}
