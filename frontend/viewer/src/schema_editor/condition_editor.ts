/** When a question is asked: rows of question, relation and value that are chosen, and groups of such rows. */
import { h } from '../page/dom';
import {
  type ConditionGroup,
  type ConditionPart,
  type ConditionRow,
  type ConditionRows,
  conditionOf,
  firstValue,
  freshRow,
  isGroup,
  type Joint,
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

const JOINT_WORDS: readonly (readonly [Joint, string])[] = [
  ['all', 'all of these hold'],
  ['any', 'any of these holds'],
  ['not_all', 'not all of these hold'],
  ['none', 'none of these holds'],
];

/** Where in the condition a row stands, and how what stands there is exchanged; null takes it away. */
interface Place {
  at: number;
  path: string;
  /** As it is said to those who hear the page: "2", or "2.1" in a group. */
  number: string;
  exchanged(rows: ConditionRows, change: (part: ConditionPart) => ConditionPart | null): ConditionRows;
}

export function conditionEditor(editing: Editing, at: number): HTMLElement {
  const questions = questionsOf(editing.draft);
  const path = `form.questions[${at}].show_when`;
  const first = questions.find((_, i) => i !== at);
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
          JOINT_WORDS.slice(0, 2),
          shown.joint,
          (joint) => put(editing, at, (now) => ({ ...now, joint: joint as ConditionRows['joint'] }), `${path}.joint`),
        ),
      );
    whole.append(
      ...rows.map((part, index) => {
        const place: Place = {
          at,
          path: `${path}.${index}`,
          number: String(index + 1),
          exchanged: (now, change) => ({ ...now, rows: withPart(now.rows, index, change) }),
        };
        return isGroup(part) ? groupElement(editing, part, place) : rowElement(editing, part, place);
      }),
    );
    const add = (made: (question: Question) => ConditionPart, field: string): void => {
      if (first) put(editing, at, (now) => ({ ...now, rows: [...now.rows, made(first)] }), `${path}.${field}`);
    };
    const none = first === undefined;
    whole.append(
      h(
        'div',
        { class: 'condition-adds' },
        button(rows.length > 0 ? 'Add a condition' : 'Only when …', () => add(freshRow, `${rows.length}.question`), {
          class: 'small',
          path: `${path}.add`,
          disabled: none,
        }),
        button('Add a group', () => add(freshGroup, `${rows.length}.0.question`), {
          class: 'small',
          path: `${path}.add_group`,
          title: 'Conditions that hold together: all, any or none of them',
          disabled: none,
        }),
      ),
    );
  }
  whole.append(faultSlot(path));
  return whole;
}

/** Rows within the condition that hold together. */
function groupElement(editing: Editing, group: ConditionGroup, place: Place): HTMLElement {
  const { at, path, number } = place;
  const first = questionsOf(editing.draft).find((_, i) => i !== at);
  const change = (made: (group: ConditionGroup) => ConditionPart | null, focus: string): void =>
    put(editing, at, (now) => place.exchanged(now, (part) => (isGroup(part) ? made(part) : part)), focus);
  return h(
    'div',
    { class: 'condition-group', role: 'group', 'aria-label': `Group ${number}` },
    h(
      'header',
      {},
      selectField(
        { label: `How many of group ${number} hold`, path: `${path}.joint`, bare: true, class: 'short' },
        JOINT_WORDS,
        group.joint,
        (joint) => change((now) => ({ ...now, joint: joint as Joint }), `${path}.joint`),
      ),
      button('✕', () => change(() => null, `form.questions[${at}].show_when.add`), {
        class: 'small icon',
        name: `Remove group ${number}`,
      }),
    ),
    ...group.rows.map((row, index) =>
      rowElement(editing, row, {
        at,
        path: `${path}.${index}`,
        number: `${number}.${index + 1}`,
        exchanged: (now, made) =>
          place.exchanged(now, (part) => {
            if (!isGroup(part)) return part;
            const rows = withPart(part.rows, index, made) as ConditionRow[];
            return rows.length > 0 ? { ...part, rows } : null;
          }),
      }),
    ),
    button(
      'Add a condition to the group',
      () => {
        if (first)
          change((now) => ({ ...now, rows: [...now.rows, freshRow(first)] }), `${path}.${group.rows.length}.question`);
      },
      { class: 'small', path: `${path}.add`, disabled: first === undefined },
    ),
  );
}

function withPart(
  rows: readonly ConditionPart[],
  index: number,
  change: (part: ConditionPart) => ConditionPart | null,
): ConditionPart[] {
  return rows.flatMap((part, i) => {
    const made = i === index ? change(part) : part;
    return made ? [made] : [];
  });
}

function freshGroup(question: Question): ConditionGroup {
  return { joint: 'any', rows: [freshRow(question)] };
}

function rowElement(editing: Editing, row: ConditionRow, place: Place): HTMLElement {
  const { at, path, number } = place;
  const questions = questionsOf(editing.draft).filter((_, i) => i !== at);
  const asked = questions.find((q) => q.name === row.question);
  const made =
    (change: (row: ConditionRow) => ConditionRow | null) =>
    (now: ConditionRows): ConditionRows =>
      place.exchanged(now, (part) => (isGroup(part) ? part : change(part)));
  const change = (to: (row: ConditionRow) => ConditionRow | null, focus: string): void =>
    put(editing, at, made(to), focus);
  return h(
    'div',
    { class: 'condition-row' },
    selectField(
      { label: `Question of condition ${number}`, path: `${path}.question`, bare: true },
      questions.map((q): [string, string] => [q.name, q.title || q.name]),
      row.question,
      (name) => {
        const chosen = questions.find((q) => q.name === name);
        if (chosen) change(() => freshRow(chosen), `${path}.question`);
      },
    ),
    selectField(
      { label: `Relation of condition ${number}`, path: `${path}.relation`, bare: true },
      relationsFor(asked).map((one): [string, string] => [one, RELATION_WORDS[one]]),
      row.relation,
      (relation) => change((old) => related(old, relation as Relation, asked), `${path}.relation`),
    ),
    valueElement(row, asked, `${path}.value`, {
      typed: (value) => {
        const typed = made((old) => ({ ...old, values: [value] }));
        editing.typed((d) => withRows(d, at, typed), `${path}.value`);
      },
      ticked: (to, focus) => change((old) => ({ ...old, values: to(old.values) }), focus),
    }),
    button('✕', () => change(() => null, `form.questions[${at}].show_when.add`), {
      class: 'small icon',
      name: `Remove condition ${number}`,
    }),
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

/** A condition that rows and groups can't show, as JSON. */
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
    h('p', { class: 'soft small' }, 'This condition is nested deeper than rows can show: it is written as JSON.'),
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
