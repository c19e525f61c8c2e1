/** The options of a question: titles, values, keys, points, help; a row each. */
import { h } from '../page/dom';
import { type Draft, givesPoints, type Option, type System } from './draft';
import type { Editing } from './editing';
import { addedOption, changedOption, movedOption, questionsOf, removedOption, revaluedOption } from './edits';
import { button, checkField, faultSlot, numberField, textField } from './fields';
import { follows, nameFrom } from './names';
import { moveButtons } from './row_buttons';
import { withCategory } from './scoring_edits';

export function optionTable(editing: Editing, at: number): HTMLElement {
  const question = questionsOf(editing.draft)[at];
  const options = question?.options ?? [];
  const { scoring } = editing.draft.definition;
  const points = givesPoints(scoring);
  const scored = points && (scoring.categories ?? []).includes(question?.name ?? '');
  const systems = scored ? (scoring.systems ?? []) : [];
  const multiple = question?.kind === 'multiple';
  const path = `form.questions[${at}].options`;
  return h(
    'fieldset',
    { class: 'options-editor' },
    h('legend', {}, 'Options'),
    points && question
      ? checkField({ label: 'They give points', path: `${path}.scored` }, scored, (on) =>
          editing.made((d) => withCategory(d, question.name, on), `${path}.scored`),
        )
      : null,
    options.length > 0 ? h('div', { class: 'scroll-x' }, table(editing, at, { options, systems, multiple })) : null,
    faultSlot(path),
    h(
      'div',
      { class: 'row' },
      button('Add an option', () => add(editing, at, options.length), { class: 'small', path: `${path}.add` }),
      h('span', { class: 'soft small' }, 'Enter in a title adds the next one; Alt+↑ and Alt+↓ move a row.'),
    ),
  );
}

interface Columns {
  options: readonly Option[];
  systems: readonly System[];
  multiple: boolean;
}

function table(editing: Editing, at: number, { options, systems, multiple }: Columns): HTMLElement {
  const heads: HTMLElement[] = [
    h('th', { class: 'col-title' }, 'Option and its help'),
    h('th', { class: 'col-value' }, 'Value'),
    h('th', { class: 'col-key', title: 'Hot key: one character' }, 'Key'),
    ...systems.map((s) => h('th', { class: 'col-points' }, s.title || s.name)),
  ];
  if (multiple)
    heads.push(h('th', { class: 'col-alone', title: 'Choosing it clears the others, as "none" does' }, 'Alone'));
  heads.push(h('th', { class: 'actions' }, h('span', { class: 'visually-hidden' }, 'Change')));
  return h(
    'table',
    {},
    h('thead', {}, h('tr', {}, ...heads)),
    h('tbody', {}, ...options.map((_, place) => row(editing, at, place, { options, systems, multiple }))),
  );
}

function row(editing: Editing, at: number, place: number, { options, systems, multiple }: Columns): HTMLElement {
  const option = options[place] as Option;
  const path = `form.questions[${at}].options[${place}]`;
  const called = option.title || `option ${place + 1}`;
  const set = (change: Partial<Option>, name: string): void =>
    editing.typed((d) => changedOption(d, at, place, change), `${path}.${name}`);
  const valueField = textField(
    { label: `Value of ${called}`, path: `${path}.value`, bare: true, mono: true, maxLength: 64 },
    option.value,
    (value) => editing.typed((d) => revaluedOption(d, at, place, value), `${path}.value`),
  );
  const showValue = (value: string): void => {
    const input = valueField.querySelector('input');
    if (input) input.value = value;
  };
  const cells = [
    h(
      'div',
      { class: 'option-words' },
      textField({ label: `Title of option ${place + 1}`, path: `${path}.title`, bare: true }, option.title, (title) =>
        editing.typed((d) => retitled(d, at, place, title, editing.published, showValue), `${path}.title`),
      ),
      textField(
        { label: `Help of ${called}`, path: `${path}.help`, bare: true, maxLength: 2000, placeholder: 'help' },
        option.help ?? '',
        (help) => set({ help }, 'help'),
      ),
    ),
    valueField,
    textField({ label: `Key of ${called}`, path: `${path}.key`, bare: true }, option.key ?? '', (key) =>
      set({ key: key.trim().slice(-1) }, 'key'),
    ),
    ...systems.map((system) =>
      numberField(
        {
          label: `Points of ${called} in ${system.title}`,
          path: `${path}.points.${system.name}`,
          bare: true,
          step: '1',
          min: 0,
        },
        option.points?.[system.name],
        (value) => editing.typed((d) => withPoints(d, at, place, system.name, value), `${path}.points.${system.name}`),
      ),
    ),
    ...(multiple
      ? [
          checkField(
            { label: `${called} stands alone`, path: `${path}.excludes_others`, bare: true },
            option.excludes_others === true,
            (excludes_others) => set({ excludes_others }, 'excludes_others'),
          ),
        ]
      : []),
    h(
      'div',
      { class: 'row-buttons' },
      ...moveButtons(called, place, options.length, path, {
        move: (to) => move(editing, at, place, to),
        remove: () => remove(editing, at, place, options.length),
      }),
    ),
  ];
  return h(
    'tr',
    { onkeydown: (event: KeyboardEvent) => press(event, editing, at, place) },
    ...cells.map((cell) => h('td', {}, cell)),
  );
}

function press(event: KeyboardEvent, editing: Editing, at: number, place: number): void {
  const count = questionsOf(editing.draft)[at]?.options?.length ?? 0;
  const field = (event.target as HTMLElement).dataset.path ?? '';
  if (event.key === 'Enter' && /\.(title|value|key|help)$/.test(field)) {
    event.preventDefault();
    add(editing, at, place + 1);
  } else if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
    event.preventDefault();
    event.stopPropagation();
    const to = place + (event.key === 'ArrowUp' ? -1 : 1);
    if (to >= 0 && to < count) move(editing, at, place, to);
  } else if (event.altKey && event.key === 'Delete') {
    event.preventDefault();
    remove(editing, at, place, count);
  }
}

function add(editing: Editing, at: number, place: number): void {
  editing.made((d) => addedOption(d, at, place), `form.questions[${at}].options[${place}].title`);
}

function move(editing: Editing, at: number, from: number, to: number): void {
  editing.made((d) => movedOption(d, at, from, to), `form.questions[${at}].options[${to}].title`);
}

function remove(editing: Editing, at: number, place: number, count: number): void {
  const path = `form.questions[${at}].options`;
  const next = count === 1 ? `${path}.add` : `${path}[${Math.min(place, count - 2)}].title`;
  editing.made((d) => removedOption(d, at, place), next);
}

function withPoints(draft: Draft, at: number, place: number, system: string, value: number | undefined): Draft {
  const { [system]: _old, ...others } = questionsOf(draft)[at]?.options?.[place]?.points ?? {};
  const points = value === undefined ? others : { ...others, [system]: value };
  return changedOption(draft, at, place, { points });
}

function retitled(
  draft: Draft,
  at: number,
  place: number,
  title: string,
  published: ReadonlySet<string>,
  showValue: (value: string) => void,
): Draft {
  const question = questionsOf(draft)[at];
  const option = question?.options?.[place];
  if (!question || !option) return draft;
  const taken = (question.options ?? []).filter((_, i) => i !== place).map((o) => o.value);
  const changed = changedOption(draft, at, place, { title });
  const fixed = published.has(`${question.name}/${option.value}`);
  if (fixed || !follows(option.value, option.title, taken, 'option')) return changed;
  const value = nameFrom(title, taken, 'option');
  showValue(value);
  return revaluedOption(changed, at, place, value);
}
