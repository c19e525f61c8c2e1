/** The options of a question: one, or several of them. */
import type { AnswerValue, FormOption, FormQuestion } from '../model/questions';
import { h, setText } from '../page/dom';
import type { BodyState, QuestionBody } from './form_body';
import { hotKeys } from './form_keys';
import { chosen, layoutFor, type OptionLayout, pointsWords, toggled } from './form_rules';

const YES_OR_NO: readonly FormOption[] = [
  { value: true, title: 'Yes', key: 'y' },
  { value: false, title: 'No', key: 'n' },
];

export function optionsOf(question: FormQuestion): readonly FormOption[] {
  return question.options ?? (question.kind === 'boolean' ? YES_OR_NO : []);
}

export interface ChoiceActs {
  answer(value: AnswerValue): void;
  /** What is said of an option at the form's foot; null for none. */
  tell(option: FormOption | null): void;
}

export class ChoiceBody implements QuestionBody {
  readonly element: HTMLElement;
  readonly targets: HTMLInputElement[] = [];
  readonly options: readonly FormOption[];
  private readonly layout: OptionLayout;
  private readonly labels: HTMLElement[] = [];
  private readonly meaning = h('p', { class: 'meaning', hidden: true });
  private value: AnswerValue = null;

  constructor(
    private readonly question: FormQuestion,
    private readonly name: string,
    private readonly acts: ChoiceActs,
  ) {
    this.options = optionsOf(question);
    this.layout = layoutFor(this.options);
    this.element = h('div', { class: `options ${this.layout}` });
    const keys = hotKeys(this.options);
    this.options.forEach((option, i) => {
      this.element.append(this.option(option, i, keys[i] ?? ''));
    });
    this.element.append(this.meaning);
    if (question.kind === 'multiple') this.rove(0);
  }

  update({ value, derived }: BodyState): void {
    this.value = value;
    this.targets.forEach((input, i) => {
      const option = this.options[i] as FormOption;
      input.checked = chosen(value, option);
      this.labels[i]?.classList.toggle('derived', derived !== undefined && derived === option.value);
    });
    const picked = this.layout === 'codes' ? this.options.filter((o) => chosen(value, o)) : [];
    this.meaning.hidden = this.layout !== 'codes';
    setText(this.meaning, picked.map((o) => o.title).join(', '));
  }

  choose(index: number): void {
    const option = this.options[index];
    if (option) this.acts.answer(toggled(this.question, this.options, this.value, option));
  }

  isChosen(index: number): boolean {
    const option = this.options[index];
    return option !== undefined && chosen(this.value, option);
  }

  private option(option: FormOption, i: number, key: string): HTMLElement {
    const input = h('input', {
      type: this.question.kind === 'multiple' ? 'checkbox' : 'radio',
      name: this.name,
      value: String(option.value),
      'aria-description': option.help ?? null,
      onclick: (event: MouseEvent) => {
        this.choose(i);
        // After a click with the mouse the keys belong to the picture again, not to this choice.
        if (event.detail > 0) input.blur();
      },
      onfocus: () => {
        this.rove(i);
        this.acts.tell(option);
      },
    });
    this.targets.push(input);
    const points = pointsWords(option);
    const isCode = this.layout === 'codes' && option.title.startsWith(`${option.value} `);
    const label = h(
      'label',
      {
        class: 'option',
        onpointerenter: () => this.acts.tell(option),
        onpointerleave: () => this.acts.tell(null),
      },
      input,
      h('kbd', { 'aria-hidden': 'true' }, isCode ? '' : key),
      h('span', {}, isCode ? String(option.value) : option.title),
      points ? h('small', {}, points) : null,
    );
    this.labels.push(label);
    return label;
  }

  /** Tab leads to one of several ticks and then on, as it does with options of which one holds. */
  private rove(to: number): void {
    if (this.question.kind !== 'multiple') return;
    this.targets.forEach((input, i) => {
      input.tabIndex = i === to ? 0 : -1;
    });
  }
}
