/** Fields of the editor: each knows its place in the definition, for faults, for undo and for the keys. */
import { h } from '../page/dom';

export interface FieldOptions {
  label: string;
  /** Where it stands in the definition: "form.questions[2].title". */
  path: string;
  hint?: string;
  /** The label is for screen readers only: a column's head says it. */
  bare?: boolean;
  class?: string;
  placeholder?: string;
}

/** A line of text; `onInput` is told of every key. */
export function textField(
  options: FieldOptions & { maxLength?: number; list?: string; mono?: boolean },
  value: string,
  onInput: (value: string) => void,
): HTMLElement {
  const input = h('input', {
    type: 'text',
    ...common(options),
    maxlength: options.maxLength ?? 120,
    list: options.list,
    placeholder: options.placeholder,
    class: options.mono ? 'mono' : null,
    autocomplete: 'off',
    spellcheck: options.mono ? 'false' : null,
    oninput: () => onInput(input.value),
  });
  input.value = value;
  return wrapped(options, input);
}

export function areaField(
  options: FieldOptions & { rows?: number; maxLength?: number },
  value: string,
  onInput: (value: string) => void,
): HTMLElement {
  const area = h('textarea', {
    ...common(options),
    rows: options.rows ?? 2,
    maxlength: options.maxLength ?? 2000,
    placeholder: options.placeholder,
    oninput: () => onInput(area.value),
  });
  area.value = value;
  return wrapped(options, area);
}

/** A number; an empty field is undefined, and what is no number is not told. */
export function numberField(
  options: FieldOptions & { step?: string; min?: number; max?: number },
  value: number | undefined,
  onInput: (value: number | undefined) => void,
): HTMLElement {
  const input = h('input', {
    type: 'number',
    ...common(options),
    step: options.step ?? 'any',
    min: options.min,
    max: options.max,
    placeholder: options.placeholder,
    oninput: () => {
      if (!input.validity.badInput) onInput(input.value === '' ? undefined : Number(input.value));
    },
  });
  input.value = value === undefined ? '' : String(value);
  return wrapped(options, input);
}

export type Choice = readonly [value: string, title: string];

export function selectField(
  options: FieldOptions,
  choices: readonly Choice[],
  value: string,
  onChange: (value: string) => void,
): HTMLElement {
  const known = choices.some(([one]) => one === value);
  const all: readonly Choice[] = known ? choices : [[value, value ? `${value} (unknown)` : 'choose …'], ...choices];
  const select = h(
    'select',
    { ...common(options), onchange: () => onChange(select.value) },
    ...all.map(([one, title]) => h('option', { value: one, selected: one === value }, title)),
  );
  return wrapped(options, select);
}

export function checkField(
  options: FieldOptions,
  checked: boolean,
  onChange: (checked: boolean) => void,
): HTMLLabelElement {
  const input = h('input', {
    type: 'checkbox',
    'data-path': options.path,
    checked,
    'aria-label': options.bare ? options.label : null,
    title: options.hint,
    onchange: () => onChange(input.checked),
  });
  return h('label', { class: `check ${options.class ?? ''}` }, input, options.bare ? null : options.label);
}

export function button(
  label: string,
  onPress: () => void,
  options: {
    class?: string;
    name?: string;
    title?: string;
    path?: string;
    disabled?: boolean;
  } = {},
): HTMLButtonElement {
  return h(
    'button',
    {
      type: 'button',
      class: options.class,
      'aria-label': options.name,
      title: options.title,
      'data-path': options.path,
      disabled: options.disabled,
      onclick: onPress,
    },
    label,
  );
}

/** Where a fault of this place is told; see faults.ts. */
export function faultSlot(path: string): HTMLElement {
  return h('p', { class: 'fault', 'data-fault': path, id: slotId(path), hidden: true });
}

export function slotId(path: string): string {
  return `fault-${path.replace(/[^a-z0-9]+/gi, '-')}`;
}

function common({ path, label, bare }: FieldOptions): Record<string, string | null> {
  return { 'data-path': path, 'aria-label': bare ? label : null, 'aria-describedby': slotId(path) };
}

function wrapped(options: FieldOptions, control: HTMLElement): HTMLElement {
  const kind = `ed-field ${options.class ?? ''}`;
  if (options.bare) return h('div', { class: kind }, control, faultSlot(options.path));
  return h(
    'div',
    { class: kind },
    h('label', {}, h('span', {}, options.label, options.hint ? h('small', {}, ` ${options.hint}`) : null), control),
    faultSlot(options.path),
  );
}
