/** What follows from the answers: nothing, points with levels, or a named function. */
import { h } from '../page/dom';
import { type Draft, givesPoints, hasOptions, type Level, type Scoring } from './draft';
import type { Editing, ScoringFunctionInfo } from './editing';
import { questionsOf } from './edits';
import { button, type Choice, checkField, faultSlot, numberField, selectField, textField } from './fields';
import { follows, nameFrom } from './names';
import { recommendationRows } from './recommendations';
import { moveButtons } from './row_buttons';
import {
  addedLevel,
  addedSystem,
  changedLevel,
  changedSystem,
  movedLevel,
  removedLevel,
  removedSystem,
  renamedSystem,
  withCategory,
  withEnd,
  withScoring,
  withScoringKind,
} from './scoring_edits';

export function scoringPane(editing: Editing): HTMLElement {
  const { scoring } = editing.draft.definition;
  const shown = givesPoints(scoring) ? 'points' : scoring.kind === 'none' ? 'none' : 'function';
  const kinds: readonly Choice[] = [
    ['none', 'nothing: the answers alone'],
    ['points', 'points, and a level from their sum'],
    ['function', 'what a function of the program computes'],
  ];
  const first = editing.functions[0]?.name ?? '';
  return h(
    'section',
    { class: 'pane' },
    h('h2', {}, 'Scoring'),
    selectField({ label: 'What follows from the answers', path: 'scoring.kind' }, kinds, shown, (kind) =>
      editing.made((d) => withScoringKind(d, kind, first), 'scoring.kind'),
    ),
    faultSlot('scoring'),
    ...(shown === 'points' ? pointParts(editing) : shown === 'function' ? functionParts(editing) : []),
  );
}

function pointParts(editing: Editing): HTMLElement[] {
  const { draft } = editing;
  const { scoring } = draft.definition;
  const questions = questionsOf(draft);
  const numbers = questions.filter((q) => q.kind === 'number');
  return [
    h(
      'fieldset',
      { class: 'ticks' },
      h('legend', {}, 'Questions whose options give points'),
      ...questions
        .filter((q) => hasOptions(q.kind))
        .map((q) =>
          checkField(
            { label: q.title || q.name, path: `scoring.categories.${q.name}` },
            (scoring.categories ?? []).includes(q.name),
            (on) => editing.made((d) => withCategory(d, q.name, on), `scoring.categories.${q.name}`),
          ),
        ),
      faultSlot('scoring.categories'),
      h(
        'p',
        { class: 'soft small' },
        'How many, each option says with its question. Points of several options add up.',
      ),
    ),
    systemRows(editing),
    levelTable(editing),
    selectField(
      {
        label: 'Size in millimetres',
        path: 'scoring.size',
        hint: 'measured on the picture, or typed in this question',
      },
      [['', 'measured only'], ...numbers.map((q): Choice => [q.name, q.title || q.name])],
      scoring.size ?? '',
      (size) =>
        editing.typed((d) => {
          const { size: _old, ...rest } = d.definition.scoring;
          return withScoring(d, size ? { ...rest, kind: rest.kind, size } : ({ ...rest } as Scoring));
        }, 'scoring.size'),
    ),
  ];
}

function systemRows(editing: Editing): HTMLElement {
  const systems = editing.draft.definition.scoring.systems ?? [];
  return h(
    'fieldset',
    { class: 'rows' },
    h('legend', {}, 'Tables of points'),
    systems.length > 1
      ? null
      : h('p', { class: 'soft small' }, 'A second one is shown beside the first, each with its level.'),
    ...systems.map((system, at) => {
      const path = `scoring.systems[${at}]`;
      return h(
        'div',
        { class: 'stack' },
        h(
          'div',
          { class: 'row' },
          textField({ label: `Title of table ${at + 1}`, path: `${path}.title`, bare: true }, system.title, (title) =>
            editing.typed((d) => retitledSystem(d, at, title, editing.published), `${path}.title`),
          ),
          button('✕', () => editing.made((d) => removedSystem(d, at), 'scoring.systems.add'), {
            class: 'small icon',
            name: `Remove the table ${system.title}`,
            disabled: systems.length === 1,
          }),
        ),
        endRows(editing, at),
      );
    }),
    faultSlot('scoring.systems'),
    button('Add a table', () => editing.made(addedSystem, `scoring.systems[${systems.length}].title`), {
      class: 'small',
      path: 'scoring.systems.add',
      disabled: systems.length >= 8,
    }),
  );
}

/** Features that end the scoring at 0 points, whatever else was chosen. */
function endRows(editing: Editing, at: number): HTMLElement {
  const { scoring } = editing.draft.definition;
  const ends = scoring.systems?.[at]?.ends_at_zero ?? {};
  const asked = questionsOf(editing.draft).filter((q) => scoring.categories?.includes(q.name));
  const chosen = asked.flatMap((q) =>
    (q.options ?? []).filter((o) => ends[q.name]?.includes(o.value)).map((o) => ({ q, o })),
  );
  const free = asked.flatMap((q) =>
    (q.options ?? []).filter((o) => !ends[q.name]?.includes(o.value)).map((o) => ({ q, o })),
  );
  const path = `scoring.systems[${at}].ends_at_zero`;
  return h(
    'details',
    { open: chosen.length > 0 },
    h('summary', {}, `Ends at 0 points with ${chosen.length > 0 ? `${chosen.length}` : 'nothing'}`),
    ...chosen.map(({ q, o }) =>
      h(
        'div',
        { class: 'row' },
        h('span', {}, `${q.title}: ${o.title}`),
        button('✕', () => editing.made((d) => withEnd(d, at, q.name, o.value, false), `${path}.add`), {
          class: 'small icon',
          name: `${o.title} does not end it`,
        }),
      ),
    ),
    selectField(
      { label: 'Feature that ends the scoring', path: `${path}.add`, bare: true },
      [['', 'add a feature …'], ...free.map(({ q, o }): Choice => [`${q.name}/${o.value}`, `${q.title}: ${o.title}`])],
      '',
      (value) => {
        const found = free.find(({ q, o }) => `${q.name}/${o.value}` === value);
        if (found) editing.made((d) => withEnd(d, at, found.q.name, found.o.value, true), `${path}.add`);
      },
    ),
  );
}

function levelTable(editing: Editing): HTMLElement {
  const levels = editing.draft.definition.scoring.levels ?? [];
  return h(
    'fieldset',
    { class: 'rows' },
    h('legend', {}, 'Levels'),
    h('p', { class: 'soft small' }, 'A level holds from its points to those of the next one; the first begins at 0.'),
    ...levels.map((_, at) => levelElement(editing, at, levels)),
    faultSlot('scoring.levels'),
    button('Add a level', () => editing.made(addedLevel, `scoring.levels[${levels.length}].level`), {
      class: 'small',
      path: 'scoring.levels.add',
    }),
  );
}

function levelElement(editing: Editing, at: number, levels: readonly Level[]): HTMLElement {
  const level = levels[at] as Level;
  const path = `scoring.levels[${at}]`;
  const set = (change: Partial<Level>, name: string): void =>
    editing.typed((d) => changedLevel(d, at, change), `${path}.${name}`);
  return h(
    'div',
    { class: 'stack level' },
    h(
      'div',
      { class: 'row' },
      textField({ label: 'Level', path: `${path}.level`, maxLength: 64 }, level.level, (value) =>
        set({ level: value }, 'level'),
      ),
      numberField({ label: 'From points', path: `${path}.from`, step: '1', min: 0 }, level.from, (value) =>
        set({ from: value ?? 0 }, 'from'),
      ),
      textField(
        { label: 'Meaning', path: `${path}.meaning`, class: 'grow', maxLength: 500 },
        level.meaning,
        (meaning) => set({ meaning }, 'meaning'),
      ),
      h(
        'div',
        { class: 'row-buttons' },
        ...moveButtons(`level ${level.level}`, at, levels.length, path, {
          move: (to) => editing.made((d) => movedLevel(d, at, to), `scoring.levels[${to}].level`),
          remove: () => editing.made((d) => removedLevel(d, at), 'scoring.levels.add'),
        }),
      ),
    ),
    recommendationRows(editing, at),
  );
}

function functionParts(editing: Editing): HTMLElement[] {
  const { scoring } = editing.draft.definition;
  const name = scoring.kind === 'function' ? (scoring.name ?? '') : scoring.kind;
  const found = editing.functions.find((one) => one.name === name);
  return [
    selectField(
      { label: 'Function', path: 'scoring.name' },
      editing.functions.map((one): Choice => [one.name, one.title]),
      name,
      (chosen) => editing.made((d) => withScoring(d, { kind: 'function', name: chosen }), 'scoring.name'),
    ),
    ...(found ? Object.keys(found.settings).map((setting) => settingField(editing, found, setting)) : []),
  ];
}

/** A setting of a function: a question, several of them, a tick, or whatever it is as JSON. */
function settingField(editing: Editing, { settings, needed }: ScoringFunctionInfo, name: string): HTMLElement {
  const shape = settings[name] ?? {};
  const path = `scoring.${name}`;
  const value = editing.draft.definition.scoring[name];
  const questions = questionsOf(editing.draft);
  const label = `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll('_', ' ')}${needed.includes(name) ? '' : ' (may be left out)'}`;
  const set = (made: unknown): void => editing.typed((d) => withSetting(d, name, made), path);
  if (shape.type === 'boolean') return checkField({ label, path }, value === true, (on) => set(on || undefined));
  if (isName(shape))
    return selectField(
      { label, path },
      [['', 'none'], ...questions.map((q): Choice => [q.name, q.title || q.name])],
      typeof value === 'string' ? value : '',
      (one) => set(one || undefined),
    );
  if (shape.type === 'array' && isName(shape.items as Record<string, unknown> | undefined)) {
    const listed = Array.isArray(value) ? value.map(String) : [];
    return h(
      'fieldset',
      { class: 'ticks' },
      h('legend', {}, label),
      ...questions.map((q) =>
        checkField({ label: q.title || q.name, path: `${path}.${q.name}` }, listed.includes(q.name), (on) =>
          editing.typed((d) => {
            const old = d.definition.scoring[name];
            const now = (Array.isArray(old) ? old.map(String) : []).filter((one) => one !== q.name);
            return withSetting(d, name, on ? [...now, q.name] : now.length > 0 ? now : undefined);
          }, `${path}.${q.name}`),
        ),
      ),
      faultSlot(path),
    );
  }
  return textField(
    { label, path, hint: 'as JSON', mono: true, maxLength: 2000 },
    value === undefined ? '' : JSON.stringify(value),
    (text) => {
      if (text.trim() === '') set(undefined);
      else
        try {
          set(JSON.parse(text));
        } catch {
          // Half of it is typed.
        }
    },
  );
}

function isName(shape: Readonly<Record<string, unknown>> | undefined): boolean {
  return shape?.type === 'string' && typeof shape.pattern === 'string' && shape.pattern.startsWith('^[a-z]');
}

function withSetting(draft: Draft, name: string, value: unknown): Draft {
  const { [name]: _old, ...rest } = draft.definition.scoring;
  const kept = { ...rest, kind: draft.definition.scoring.kind };
  return withScoring(draft, value === undefined ? kept : { ...kept, [name]: value });
}

function retitledSystem(draft: Draft, at: number, title: string, published: ReadonlySet<string>): Draft {
  const systems = draft.definition.scoring.systems ?? [];
  const system = systems[at];
  if (!system) return draft;
  const taken = systems.filter((_, i) => i !== at).map((s) => s.name);
  const changed = changedSystem(draft, at, { title });
  const fixed = published.has(`system/${system.name}`) || !follows(system.name, system.title, taken, 'table');
  return fixed ? changed : renamedSystem(changed, at, nameFrom(title, taken, 'table'));
}
