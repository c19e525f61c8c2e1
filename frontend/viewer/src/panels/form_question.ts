/** One question of a label form: its title, its options or field, what is derived or refused, and its keys. */
import type { AnswerValue, FormOption, FormQuestion, SchemaDefinition } from '../model/questions';
import { h, setText } from '../page/dom';
import type { BodyState, QuestionBody } from './form_body';
import { ChoiceBody, optionsOf } from './form_choices';
import { DrawBody } from './form_draw';
import { FieldBody } from './form_field';
import { leadOf, optionByInitial, optionForKey, type Typed } from './form_keys';
import { layoutFor, pointsHead } from './form_rules';
import { OVERRIDE_KEY } from './override_box';

export interface QuestionState extends Omit<BodyState, 'derived'> {
  visible: boolean;
  /** Why the server did not take the answer. */
  fault: string | null;
  derived: { value: unknown; because?: string } | undefined;
}

export interface QuestionActs {
  answer(value: AnswerValue): void;
  /** Go to the question before or after this one; past the last one the keys may leave the form. */
  leave(by: 1 | -1, form: 'stay' | 'leave'): void;
  /** Go to the question with this key; false where there is none. */
  jump(key: string): boolean;
  /** What is said at the form's foot: of an option, else of the question; null: of what has the keys. */
  tell(question: FormQuestion | null, option: FormOption | null): void;
  override(): void;
  draw: (() => void) | null;
  showDrawn(index: number): void;
}

const CODE_PAUSE_MS = 1500;

export class FormQuestionView {
  readonly element: HTMLFieldSetElement;
  private value: AnswerValue = null;
  private readonly options: readonly FormOption[];
  private readonly body: QuestionBody;
  private readonly choices: ChoiceBody | null;
  private readonly derived = h('p', { class: 'derived-note', hidden: true });
  private readonly fault = h('p', { class: 'trouble', role: 'alert', hidden: true });
  private refused: string | null = null;
  private serverFault: string | null = null;
  private typed = { keys: '', at: 0 };

  constructor(
    readonly question: FormQuestion,
    definition: SchemaDefinition,
    name: string,
    private readonly acts: QuestionActs,
  ) {
    this.options = optionsOf(question);
    this.choices = this.isTyped || question.kind === 'draw' ? null : new ChoiceBody(question, name, this.choiceActs());
    this.body = this.choices ?? (question.kind === 'draw' ? this.drawBody() : this.fieldBody(definition));
    const head = pointsHead(this.options);
    const legend = h(
      'legend',
      { onpointerenter: () => acts.tell(question, null), onpointerleave: () => acts.tell(null, null) },
      question.key ? h('kbd', { 'aria-hidden': 'true' }, question.key.toUpperCase()) : null,
      h('span', {}, question.title),
      head ? h('small', {}, head) : null,
    );
    this.element = h(
      'fieldset',
      { class: `question question-${question.kind}`, 'data-question': question.name },
      legend,
      this.body.element,
      this.derived,
      this.fault,
    );
    const inline = this.choices !== null && layoutFor(this.options) === 'chips' && this.options.length <= 3;
    this.element.classList.toggle('inline', inline);
    this.element.addEventListener('keydown', (event) => this.press(event));
    this.element.addEventListener('focusin', () => {
      if (!this.choices) acts.tell(question, null);
    });
  }

  update(state: QuestionState): void {
    const { value, visible, disabled, derived, fault } = state;
    this.value = value;
    this.element.hidden = !visible;
    this.element.disabled = disabled;
    this.body.update({ ...state, derived: derived?.value });
    this.derived.hidden = derived === undefined;
    if (derived) setText(this.derived, this.derivedWords(derived));
    this.serverFault = fault;
    this.showFault();
  }

  /** Give it the keys: at what is chosen, else at its first option. */
  focus(): boolean {
    const target = this.body.targets.find((one) => one instanceof HTMLInputElement && one.checked);
    const wanted = target ?? this.body.targets[0];
    if (!wanted || this.element.hidden || this.element.disabled) return false;
    wanted.focus({ preventScroll: true });
    this.element.scrollIntoView({ block: 'nearest' });
    return true;
  }

  private get isTyped(): boolean {
    return this.question.kind === 'text' || this.question.kind === 'number';
  }

  private choiceActs() {
    return {
      answer: (value: AnswerValue) => this.acts.answer(value),
      tell: (option: FormOption | null) => this.acts.tell(option && this.question, option),
    };
  }

  private fieldBody(definition: SchemaDefinition): QuestionBody {
    return new FieldBody(this.question, definition, {
      answer: (value) => this.acts.answer(value),
      refuse: (words) => {
        this.refused = words;
        this.showFault();
      },
    });
  }

  private drawBody(): QuestionBody {
    return new DrawBody(this.question, {
      draw: this.acts.draw,
      show: (index) => this.acts.showDrawn(index),
      remove: (index) => {
        const marks = Array.isArray(this.value) ? this.value : [];
        this.acts.answer(marks.filter((_, i) => i !== index));
      },
    });
  }

  private derivedWords({ value, because }: { value: unknown; because?: string }): string {
    const title = this.options.find((option) => option.value === value)?.title ?? String(value);
    return [`Derived: ${title.toLowerCase()}`, because].filter(Boolean).join('. ');
  }

  private showFault(): void {
    const words = this.refused ?? this.serverFault;
    this.fault.hidden = words === null;
    setText(this.fault, words ?? '');
  }

  /** Keys while this question has them: nothing that is typed here may mean something to the picture. */
  private press(event: KeyboardEvent): void {
    const { key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || key === 'Tab' || key === 'Escape') return;
    // A button's own keys: pressing it, and Tab.
    const isButton = event.target instanceof HTMLButtonElement;
    if (key === 'Enter' && !isButton) {
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
    // No number holds this sign.
    if (key === OVERRIDE_KEY && this.question.kind !== 'text') {
      event.preventDefault();
      this.acts.override();
      return;
    }
    if (this.isTyped || (isButton && (key === ' ' || key === 'Enter'))) return;
    if (key === 'Delete' || key === 'Backspace') {
      event.preventDefault();
      if (this.value !== null) this.acts.answer(null);
    } else if (key === ' ') {
      event.preventDefault();
      this.choices?.choose(this.at);
    } else if (key.length === 1 && key !== '?' && !isCommand(event)) {
      event.preventDefault();
      this.type(key, event.timeStamp);
    }
  }

  private get at(): number {
    return this.body.targets.indexOf(document.activeElement as HTMLElement);
  }

  private go(lead: NonNullable<ReturnType<typeof leadOf>>): void {
    const by = lead.endsWith('before') ? -1 : 1;
    const next = lead.startsWith('option') ? this.body.targets[this.at + by] : undefined;
    if (next) next.focus();
    else this.acts.leave(by, 'stay');
  }

  /** A letter or digit: an option's own key, then another question's, then the first letter of an option. */
  private type(key: string, at: number): void {
    const before = at - this.typed.at < CODE_PAUSE_MS ? this.typed.keys : '';
    const meant = this.choices && optionForKey(this.options, key, before);
    this.typed = { keys: meant?.typed ?? '', at };
    if (meant) this.take(meant);
    else if (this.question.kind === 'draw' && key === '1') this.acts.draw?.();
    else if (!this.acts.jump(key)) {
      const begun = this.choices && optionByInitial(this.options, key, this.at);
      if (begun) this.take(begun);
    }
  }

  private take({ index, sure }: Typed): void {
    const { choices } = this;
    const multiple = this.question.kind === 'multiple';
    this.body.targets[index]?.focus();
    // Typing an answer again confirms it; only a tick is taken away by the key that set it.
    if (multiple || !choices?.isChosen(index)) choices?.choose(index);
    if (sure && !multiple) this.acts.leave(1, 'stay');
  }
}

/** These keep their meaning for the page: Shift with a letter, and the signs that step through findings. */
function isCommand(event: KeyboardEvent): boolean {
  return (event.shiftKey && /^\p{L}$/u.test(event.key)) || event.key === '<' || event.key === '>';
}
