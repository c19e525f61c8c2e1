/** What the schema is called, what it is answered for, and with which pictures it is offered. */
import { h } from '../page/dom';
import type { Definition, Draft } from './draft';
import type { Editing } from './editing';
import { moved, trimmed, withGroups, withPart, withTitle } from './edits';
import { areaField, button, checkField, faultSlot, selectField, textField } from './fields';
import { nameFrom } from './names';
import { moveButtons } from './row_buttons';

const TARGETS = [
  ['finding', 'a finding (a nodule, a mass, a bleed)'],
  ['case', 'the whole case'],
  ['breast', 'each breast'],
  ['slices', 'a range of slices'],
] as const;
const MODALITIES = ['CT', 'MR', 'US', 'MG', 'DBT', 'CR', 'DX', 'PT', 'NM', 'XA'];

export function aboutPane(editing: Editing): HTMLElement {
  const { draft } = editing;
  const { definition } = draft;
  const set = <K extends keyof Definition>(name: K, value: Definition[K] | undefined): void =>
    editing.typed((d) => withPart(d, name, value), name);
  return h(
    'section',
    { class: 'pane' },
    h('h2', {}, 'About the schema'),
    textField({ label: 'Title', path: 'title', hint: 'as readers see it' }, draft.title, (value) =>
      editing.typed((d) => withTitle(d, value), 'title'),
    ),
    selectField({ label: 'Answered for', path: 'applies_to' }, TARGETS, definition.applies_to, (value) =>
      set('applies_to', value),
    ),
    modalities(editing),
    textField(
      {
        label: 'Body parts',
        path: 'body_parts',
        hint: 'as DICOM writes them, with blanks between; empty: all of them',
        placeholder: 'THYROID NECK',
      },
      (definition.body_parts ?? []).join(' '),
      (value) => {
        const parts = [...new Set(value.toUpperCase().split(/[\s,;]+/))].filter(Boolean);
        set('body_parts', parts.length > 0 ? parts : undefined);
      },
    ),
    areaField({ label: 'Description', path: 'description', maxLength: 4000 }, definition.description ?? '', (value) =>
      set('description', value || undefined),
    ),
    areaField(
      { label: 'Source', path: 'source', hint: 'the paper or the guideline that it follows', maxLength: 4000 },
      definition.source ?? '',
      (value) => set('source', value || undefined),
    ),
    groups(editing),
  );
}

function modalities(editing: Editing): HTMLElement {
  const chosen = editing.draft.definition.modalities;
  return h(
    'fieldset',
    { class: 'ticks' },
    h('legend', {}, 'Offered with'),
    ...[...new Set([...MODALITIES, ...chosen])].map((one) =>
      checkField({ label: one, path: `modalities.${one}` }, chosen.includes(one), (on) =>
        editing.typed((d) => {
          const former = d.definition.modalities.filter((m) => m !== one);
          return withPart(d, 'modalities', on ? [...former, one] : former);
        }, `modalities.${one}`),
      ),
    ),
    faultSlot('modalities'),
  );
}

function groups(editing: Editing): HTMLElement {
  const list = groupsOf(editing.draft);
  return h(
    'fieldset',
    { class: 'groups' },
    h('legend', {}, 'Headings within the form'),
    h('p', { class: 'soft small' }, 'A question can stand under a heading; it says under which.'),
    ...list.map((group, at) =>
      h(
        'div',
        { class: 'row' },
        textField({ label: `Heading ${at + 1}`, path: `form.groups[${at}].title`, bare: true }, group.title, (title) =>
          editing.typed((d) => renamed(d, at, title), `form.groups[${at}].title`),
        ),
        ...moveButtons(`heading ${group.title || at + 1}`, at, list.length, `form.groups[${at}]`, {
          move: (to) => editing.made((d) => withGroups(d, moved(groupsOf(d), at, to)), `form.groups[${to}].title`),
          remove: () =>
            editing.made(
              (d) =>
                withGroups(
                  d,
                  groupsOf(d).filter((_, i) => i !== at),
                ),
              'form.groups.add',
            ),
        }),
      ),
    ),
    faultSlot('form.groups'),
    button('Add a heading', () => editing.made(added, `form.groups[${list.length}].title`), {
      class: 'small',
      path: 'form.groups.add',
    }),
  );
}

function groupsOf(draft: Draft): NonNullable<Definition['form']['groups']> {
  return draft.definition.form.groups ?? [];
}

function added(draft: Draft): Draft {
  const list = groupsOf(draft);
  const name = nameFrom(
    '',
    list.map((group) => group.name),
    'group',
  );
  return withGroups(draft, [...list, { name, title: '' }]);
}

function renamed(draft: Draft, at: number, title: string): Draft {
  const { form } = draft.definition;
  const changed = groupsOf(draft).map((group, i) => (i === at ? trimmed({ ...group, title }) : group));
  return withPart(draft, 'form', { ...form, groups: changed });
}
