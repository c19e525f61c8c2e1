/** One question of a label form: its options or field, what is chosen, and its keys. */
import type { AnswerValue, FormOption, FormQuestion, SchemaJson } from '../model/types';
import { h, setText } from '../page/dom';
import { hotKeys, leadOf, optionForKey } from './form_keys';
import { chosen, layoutFor, pointsWords, toggled } from './form_rules';

export interface QuestionState {
  value: AnswerValue;
  /** What stands in an empty field because the score took it from the pictures. */
  measured: number | undefined;
  visible: boolean;
  disabled: boolean;
}

export interface QuestionActs {
  answer(value: AnswerValue): void;
  /** Go to the question before or after this one; past the last one the keys may leave the form. */
  leave(by: 1 | -1, form: 'stay' | 'leave'): void;
}

const CODE_PAUSE_MS = 1500;

export class FormQuestionView {
  readonly element: HTMLFieldSetElement;
  private value: AnswerValue = null;
  private readonly options: readonly FormOption[];
  private readonly inputs: HTMLInputElement[] = [];
  private readonly meaning = h('p', { class: 'meaning', hidden: true });
  private typed = { keys: '', at: 0 };

  constructor(
    readonly question: FormQuestion,
    private readonly schema: SchemaJson,
    private readonly prefix: string,
    private readonly acts: QuestionActs,
  ) {
    this.options =
      question.options ??
      (question.kind === 'boolean'
        ? [
            { value: true, title: 'Yes' },
            { value: false, title: 'No' },
          ]
        : []);
    const legend = h('legend', {}, question.title);
    if (question.help) legend.title = question.help;
    this.element = h(
      'fieldset',
      { class: `question question-${question.kind}`, 'data-question': question.name },
      legend,
      this.isTyped ? this.field() : this.choices(),
    );
    this.element.classList.toggle('inline', !this.isTyped && this.layout === 'chips' && this.options.length <= 3);
    this.element.addEventListener('keydown', (event) => this.press(event));
  }

  update({ value, measured, visible, disabled }: QuestionState): void {
    this.value = value;
    this.element.hidden = !visible;
    this.element.disabled = disabled;
    const [field] = this.inputs;
    if (this.isTyped && field) {
      const text = value == null ? '' : String(value);
      if (document.activeElement !== field && field.value !== text) field.value = text;
      field.placeholder = measured === undefined ? '' : `${measured.toFixed(1)}, measured`;
      return;
    }
    this.inputs.forEach((input, i) => {
      input.checked = chosen(value, this.options[i] as FormOption);
    });
    const picked = this.layout === 'codes' ? this.options.filter((o) => chosen(value, o)) : [];
    this.meaning.hidden = picked.length === 0;
    setText(this.meaning, picked.map((o) => o.title).join(', '));
  }

  /** Give it the keys: at what is chosen, else at its first option. */
  focus(): boolean {
    const target = this.inputs.find((input) => input.checked) ?? this.inputs[0];
    if (!target || this.element.hidden || this.element.disabled) return false;
    target.focus({ preventScroll: true });
    this.element.scrollIntoView({ block: 'nearest' });
    return true;
  }

  private get isTyped(): boolean {
    return this.question.kind === 'text' || this.question.kind === 'number';
  }

  private get layout(): ReturnType<typeof layoutFor> {
    return layoutFor(this.options);
  }

  private field(): HTMLElement {
    const { question } = this;
    const number = question.kind === 'number';
    const field = h('input', {
      type: number ? 'number' : 'text',
      step: number ? 'any' : null,
      min: question.minimum ?? null,
      max: question.maximum ?? null,
      'aria-label': question.title,
      oninput: () => {
        const text = field.value.trim();
        if (number && !field.validity.valid) return;
        this.acts.answer(text === '' ? null : number ? Number(text) : field.value);
      },
    });
    this.inputs.push(field);
    return h('div', { class: 'field' }, field, question.unit ? h('span', { class: 'unit' }, question.unit) : null);
  }

  private choices(): HTMLElement {
    const { question, layout, options } = this;
    const multiple = question.kind === 'multiple';
    const list = h('div', { class: `options ${layout}` });
    const keys = hotKeys(options);
    options.forEach((option, i) => {
      const input = h('input', {
        type: multiple ? 'checkbox' : 'radio',
        name: `${this.prefix}/${this.schema.key}/${question.name}`,
        value: String(option.value),
        onclick: (event: MouseEvent) => {
          this.choose(i);
          // After a click with the mouse the keys belong to the picture again, not to this choice.
          if (event.detail > 0) input.blur();
        },
      });
      this.inputs.push(input);
      const points = pointsWords(option);
      const isCode = layout === 'codes' && option.title.startsWith(`${option.value} `);
      list.append(
        h(
          'label',
          { class: 'option', title: [option.title, option.help].filter(Boolean).join('. ') },
          input,
          h('kbd', { 'aria-hidden': 'true' }, isCode ? '' : (keys[i] ?? '')),
          h('span', {}, isCode ? String(option.value) : option.title),
          points ? h('small', {}, points) : null,
        ),
      );
    });
    list.append(this.meaning);
    return list;
  }

  private choose(index: number): void {
    const option = this.options[index];
    if (option) this.acts.answer(toggled(this.question, this.options, this.value, option));
  }

  /** Keys while this question has them: nothing that is typed here may mean something to the picture. */
  private press(event: KeyboardEvent): void {
    const { key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || key === 'Tab' || key === 'Escape') return;
    if (key === 'Enter') {
      event.preventDefault();
      this.acts.leave(event.shiftKey ? -1 : 1, 'leave');
      return;
    }
    const lead = event.shiftKey ? null : leadOf(key, this.question, this.options);
    if (lead) {
      event.preventDefault();
      this.go(lead);
      return;
    }
    if (this.isTyped) return;
    if (key === 'Delete' || key === 'Backspace') {
      event.preventDefault();
      if (this.value !== null) this.acts.answer(null);
    } else if (key === ' ') {
      event.preventDefault();
      this.choose(this.at);
    } else if (key.length === 1 && key !== '?' && !isCommand(event)) {
      event.preventDefault();
      this.type(key, event.timeStamp);
    }
  }

  private get at(): number {
    return this.inputs.indexOf(document.activeElement as HTMLInputElement);
  }

  private go(lead: NonNullable<ReturnType<typeof leadOf>>): void {
    const by = lead.endsWith('before') ? -1 : 1;
    const next = lead.startsWith('option') ? this.inputs[this.at + by] : undefined;
    if (next) next.focus();
    else this.acts.leave(by, 'stay');
  }

  private type(key: string, at: number): void {
    const before = at - this.typed.at < CODE_PAUSE_MS ? this.typed.keys : '';
    const meant = optionForKey(this.options, key, before, this.at);
    this.typed = { keys: meant?.typed ?? '', at };
    if (!meant) return;
    const multiple = this.question.kind === 'multiple';
    this.inputs[meant.index]?.focus();
    // Typing an answer again confirms it; only a tick is taken away by the key that set it.
    if (multiple || !chosen(this.value, this.options[meant.index] as FormOption)) this.choose(meant.index);
    if (meant.sure && !multiple) this.acts.leave(1, 'stay');
  }
}

/** These keep their meaning for the page: Shift with a letter, and the signs that step through findings. */
function isCommand(event: KeyboardEvent): boolean {
  return (event.shiftKey && /^\p{L}$/u.test(event.key)) || event.key === '<' || event.key === '>';
}
