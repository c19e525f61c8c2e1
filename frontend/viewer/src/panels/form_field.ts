/** A number with its unit, or a text. */
import type { AnswerValue, FormQuestion, SchemaDefinition } from '../model/questions';
import { h } from '../page/dom';
import type { BodyState, QuestionBody } from './form_body';
import { numberFault } from './form_rules';

export interface FieldActs {
  answer(value: AnswerValue): void;
  /** Say why what is typed can't be taken; null: it can. */
  refuse(words: string | null): void;
}

export class FieldBody implements QuestionBody {
  readonly element: HTMLElement;
  readonly targets: readonly HTMLInputElement[];
  private readonly field: HTMLInputElement;
  /** What is typed was not taken: the answer stays as it was, and so does what stands here. */
  private refused = false;
  private value: AnswerValue = null;
  /** The answer before this was typed: what holds while what stands here can't be taken. */
  private former: AnswerValue = null;

  constructor(
    private readonly question: FormQuestion,
    private readonly definition: SchemaDefinition,
    private readonly acts: FieldActs,
  ) {
    const isNumber = question.kind === 'number';
    const longest = definition.answers?.properties?.[question.name]?.maxLength;
    this.field = h('input', {
      type: 'text',
      inputmode: isNumber ? 'decimal' : null,
      autocomplete: 'off',
      maxlength: typeof longest === 'number' ? longest : null,
      'aria-label': question.title,
      oninput: () => this.take(),
      onfocus: () => {
        if (!this.refused) this.former = this.value;
      },
      onblur: () => this.take(),
    });
    this.targets = [this.field];
    const range = rangeWords(question);
    this.element = h(
      'div',
      { class: isNumber ? 'field number' : 'field' },
      this.field,
      question.unit ? h('span', { class: 'unit' }, question.unit) : null,
      range ? h('small', {}, range) : null,
    );
  }

  update({ value, measured }: BodyState): void {
    this.value = value;
    const text = value == null ? '' : String(value);
    if (document.activeElement !== this.field && !this.refused && this.field.value !== text) this.field.value = text;
    this.field.placeholder = measured;
  }

  private take(): void {
    const text = this.field.value.trim();
    if (this.question.kind === 'text') {
      this.acts.answer(text === '' ? null : this.field.value);
      return;
    }
    // A comma is how many people write it.
    const value = Number(text.replace(',', '.'));
    const fault = text === '' ? null : numberFault(this.question, this.definition, value);
    this.refused = fault !== null;
    this.field.setAttribute('aria-invalid', String(this.refused));
    this.acts.refuse(fault);
    // Not the half of it that could: 50 of a 500 that is too large.
    this.acts.answer(fault !== null ? this.former : text === '' ? null : value);
  }
}

function rangeWords({ minimum, maximum }: FormQuestion): string {
  if (minimum !== undefined && maximum !== undefined) return `${minimum} – ${maximum}`;
  if (minimum !== undefined) return `from ${minimum}`;
  return maximum === undefined ? '' : `up to ${maximum}`;
}
