/** One question: what it asks, how it is answered, when it is asked. */
import { h } from '../page/dom';
import { conditionEditor } from './condition_editor';
import { type Draft, hasOptions, type Kind, type Question } from './draft';
import type { Editing } from './editing';
import { changedQuestion, questionsOf, renamedQuestion, withKind } from './edits';
import { areaField, button, checkField, faultSlot, numberField, selectField, textField } from './fields';
import { follows, nameFrom } from './names';
import { optionTable } from './option_table';

export const KIND_WORDS: Readonly<Record<Kind, string>> = {
  choice: 'one of several options',
  multiple: 'any of several options',
  boolean: 'yes or no',
  number: 'a number',
  text: 'text',
  draw: 'a mark that is drawn',
};

export interface QuestionActs {
  move(from: number, to: number): void;
  duplicate(at: number): void;
  remove(at: number): void;
}

export function questionPane(editing: Editing, at: number, acts: QuestionActs): HTMLElement {
  const question = questionsOf(editing.draft)[at];
  if (!question) return h('section', { class: 'pane' }, h('p', {}, 'There is no such question any more.'));
  const path = `form.questions[${at}]`;
  const set = (change: Partial<Question>, name: string): void =>
    editing.typed((d) => changedQuestion(d, at, change), `${path}.${name}`);
  const count = questionsOf(editing.draft).length;
  const name = nameField(editing, question, at, path);
  const headings = editing.draft.definition.form.groups ?? [];
  return h(
    'section',
    { class: 'pane' },
    h(
      'header',
      {},
      h('h2', {}, `Question ${at + 1} of ${count}`),
      button('↑', () => acts.move(at, at - 1), {
        class: 'small icon',
        name: 'Move the question up',
        title: 'Up (Alt+↑ in the list)',
        path: `${path}.up`,
        disabled: at === 0,
      }),
      button('↓', () => acts.move(at, at + 1), {
        class: 'small icon',
        name: 'Move the question down',
        title: 'Down (Alt+↓ in the list)',
        path: `${path}.down`,
        disabled: at === count - 1,
      }),
      button('Duplicate', () => acts.duplicate(at), { class: 'small', title: 'Ctrl+D in the list' }),
      button('Remove', () => acts.remove(at), { class: 'small', title: 'Delete in the list; Ctrl+Z takes it back' }),
    ),
    faultSlot(path),
    textField({ label: 'Question', path: `${path}.title`, class: 'wide' }, question.title, (title) =>
      editing.typed((d) => retitled(d, at, title, editing.published, name), `${path}.title`),
    ),
    h(
      'div',
      { class: 'pair' },
      selectField({ label: 'Answered by', path: `${path}.kind` }, Object.entries(KIND_WORDS), question.kind, (kind) =>
        editing.made((d) => withKind(d, at, kind as Kind), `${path}.kind`),
      ),
      name.element,
    ),
    areaField(
      { label: 'Help', path: `${path}.help`, hint: 'shown with the question', rows: 1 },
      question.help ?? '',
      (help) => set({ help }, 'help'),
    ),
    h(
      'div',
      { class: 'line' },
      headings.length > 0
        ? selectField(
            { label: 'Under the heading', path: `${path}.group` },
            [['', 'none'], ...headings.map((g): [string, string] => [g.name, g.title])],
            question.group ?? '',
            (group) => set({ group }, 'group'),
          )
        : null,
      textField(
        { label: 'Hot key', path: `${path}.key`, hint: 'one character', class: 'short' },
        question.key ?? '',
        (key) => set({ key: key.trim().slice(-1) }, 'key'),
      ),
      checkField(
        { label: 'Must be answered before submitting', path: `${path}.required` },
        question.required === true,
        (required) => set({ required }, 'required'),
      ),
    ),
    answerFields(editing, question, at, path),
    conditionEditor(editing, at),
  );
}

interface NameField {
  element: HTMLElement;
  show(name: string): void;
}

/** The name follows the title until it is published or written by hand. */
function nameField(editing: Editing, question: Question, at: number, path: string): NameField {
  const published = editing.published.has(question.name);
  const element = textField(
    {
      label: 'Name',
      path: `${path}.name`,
      hint: published ? 'published: another name is another question' : 'in exports and conditions',
      mono: true,
    } as Parameters<typeof textField>[0],
    question.name,
    (value) => editing.typed((d) => renamedQuestion(d, at, value), `${path}.name`),
  );
  const input = element.querySelector('input');
  return {
    element,
    show: (name) => {
      if (input) input.value = name;
    },
  };
}

function retitled(draft: Draft, at: number, title: string, published: ReadonlySet<string>, shown: NameField): Draft {
  const question = questionsOf(draft)[at];
  if (!question) return draft;
  const taken = questionsOf(draft)
    .filter((_, i) => i !== at)
    .map((q) => q.name);
  const changed = changedQuestion(draft, at, { title });
  if (published.has(question.name) || !follows(question.name, question.title, taken, 'question')) return changed;
  const name = nameFrom(title, taken, 'question');
  shown.show(name);
  return renamedQuestion(changed, at, name);
}

function answerFields(editing: Editing, question: Question, at: number, path: string): HTMLElement | null {
  const set = (change: Partial<Question>, name: string): void =>
    editing.typed((d) => changedQuestion(d, at, change), `${path}.${name}`);
  if (hasOptions(question.kind)) return optionTable(editing, at);
  if (question.kind === 'number') {
    return h(
      'div',
      { class: 'triple' },
      numberField({ label: 'From', path: `${path}.minimum` }, question.minimum, (minimum) =>
        set({ minimum }, 'minimum'),
      ),
      numberField({ label: 'To', path: `${path}.maximum` }, question.maximum, (maximum) => set({ maximum }, 'maximum')),
      textField({ label: 'Unit', path: `${path}.unit`, maxLength: 20 }, question.unit ?? '', (unit) =>
        set({ unit }, 'unit'),
      ),
    );
  }
  if (question.kind === 'draw') {
    return selectField(
      { label: 'What is drawn', path: `${path}.mark_kind` },
      editing.markKinds.map((kind): [string, string] => [kind, kind]),
      question.mark_kind ?? '',
      (mark_kind) => set({ mark_kind }, 'mark_kind'),
    );
  }
  return null;
}
