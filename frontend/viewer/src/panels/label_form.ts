/** A form made from a label schema: its questions, what is chosen, and what the server computed from it. */
import type { Answer, AnswerValue, FormOption, FormQuestion, SchemaJson } from '../model/types';
import { h, setText } from '../page/dom';
import { chosen, isVisible, layoutFor, measuredValues, pointsWords, toggled } from './form_rules';
import { ScoreBox } from './score_box';

type Answers = Readonly<Record<string, AnswerValue>>;

export class LabelForm {
  readonly element: HTMLElement;
  private answers: Answers = {};
  private measured: Readonly<Record<string, number>> = {};
  private readonly score = new ScoreBox();
  private readonly updates: ((disabled: boolean) => void)[] = [];
  private readonly trouble = h('p', { class: 'trouble', hidden: true, role: 'alert' });

  constructor(
    readonly schema: SchemaJson,
    private readonly prefix: string,
    private readonly answer: (question: string, value: AnswerValue) => void,
  ) {
    const body = h('div', { class: 'form-body' });
    for (const question of schema.definition.form.questions) body.append(this.questionElement(question));
    this.element = h(
      'details',
      { class: 'label-form', open: true, 'data-schema': schema.key },
      h('summary', {}, schema.title),
      body,
      // Behind the questions: what is computed grows and shrinks, and must not move an option under the mouse.
      h('div', { class: 'form-result' }, this.score.element, this.trouble),
    );
  }

  update(answer: Answer | undefined, disabled: boolean, trouble: string | null): void {
    this.answers = answer?.answers ?? {};
    this.measured = measuredValues(this.schema, answer?.score);
    this.score.update(answer?.score ?? null);
    this.trouble.hidden = trouble === null;
    setText(this.trouble, trouble ?? '');
    for (const update of this.updates) update(disabled);
  }

  private questionElement(question: FormQuestion): HTMLElement {
    const legend = h('legend', {}, question.title);
    if (question.help) legend.title = question.help;
    const fieldset = h(
      'fieldset',
      { class: `question question-${question.kind}`, 'data-question': question.name },
      legend,
    );
    if (question.kind === 'text' || question.kind === 'number') fieldset.append(this.input(question));
    else fieldset.append(this.options(question, fieldset));
    this.updates.push((disabled) => {
      fieldset.hidden = !isVisible(question, this.answers);
      fieldset.disabled = disabled;
    });
    return fieldset;
  }

  private input(question: FormQuestion): HTMLElement {
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
        this.answer(question.name, text === '' ? null : number ? Number(text) : field.value);
      },
    });
    this.updates.push(() => {
      const value = this.answers[question.name];
      const text = value == null ? '' : String(value);
      if (document.activeElement !== field && field.value !== text) field.value = text;
      const measured = this.measured[question.name];
      field.placeholder = measured === undefined ? '' : `${measured.toFixed(1)}, measured`;
    });
    return h('div', { class: 'field' }, field, question.unit ? h('span', { class: 'unit' }, question.unit) : null);
  }

  private options(question: FormQuestion, fieldset: HTMLElement): HTMLElement {
    const options: readonly FormOption[] =
      question.options ??
      (question.kind === 'boolean'
        ? [
            { value: true, title: 'Yes' },
            { value: false, title: 'No' },
          ]
        : []);
    const multiple = question.kind === 'multiple';
    const layout = layoutFor(options);
    const list = h('div', { class: `options ${layout}` });
    const meaning = h('p', { class: 'meaning', hidden: true });
    fieldset.classList.toggle('inline', layout === 'chips' && options.length <= 3);
    const choose = (option: FormOption): void =>
      this.answer(question.name, toggled(question, options, this.answers[question.name] ?? null, option));
    const inputs = options.map((option) => {
      const input = h('input', {
        type: multiple ? 'checkbox' : 'radio',
        name: `${this.prefix}/${this.schema.key}/${question.name}`,
        value: String(option.value),
        onclick: (event: MouseEvent) => {
          const was = chosen(this.answers[question.name] ?? null, option);
          if (multiple || was || !chosen(this.answers[question.name] ?? null, option)) choose(option);
          // After a click with the mouse the keys belong to the picture again, not to this choice.
          if (event.detail > 0) input.blur();
        },
      });
      const points = pointsWords(option);
      list.append(
        h(
          'label',
          { class: 'option', title: [option.title, option.help].filter(Boolean).join('. ') },
          input,
          h(
            'span',
            {},
            layout === 'codes' && option.title.startsWith(`${option.value} `) ? String(option.value) : option.title,
          ),
          points ? h('small', {}, points) : null,
        ),
      );
      return input;
    });
    fieldset.addEventListener('keydown', (event) => {
      const index = optionForKey(event, options, inputs.indexOf(document.activeElement as HTMLInputElement));
      if (index === null) return;
      event.preventDefault();
      inputs[index]?.focus();
      choose(options[index] as FormOption);
    });
    this.updates.push(() => {
      inputs.forEach((input, i) => {
        input.checked = chosen(this.answers[question.name] ?? null, options[i] as FormOption);
      });
      const picked = layout === 'codes' ? options.filter((o) => chosen(this.answers[question.name] ?? null, o)) : [];
      meaning.hidden = picked.length === 0;
      setText(meaning, picked.map((o) => o.title).join(', '));
    });
    list.append(meaning);
    return list;
  }
}

/** The option that a letter means: its own key, else the next one whose title begins with it. */
function optionForKey(event: KeyboardEvent, options: readonly FormOption[], current: number): number | null {
  if (event.key.length !== 1 || event.key === ' ' || event.ctrlKey || event.metaKey || event.altKey) return null;
  const letter = event.key.toLowerCase();
  const own = options.findIndex((o) => o.key?.toLowerCase() === letter);
  if (own >= 0) return own;
  for (let step = 1; step <= options.length; step++) {
    const index = (current + step + options.length) % options.length;
    if (options[index]?.title.toLowerCase().startsWith(letter)) return index;
  }
  return null;
}
