/**
 * A form made from a label schema: its questions, what is chosen, and what follows from it.
 *
 * It knows a definition, answers and what to call, and nothing of the page that it stands in.
 */
import type { AnswerValue, FormOption, FormQuestion, SchemaJson } from '../model/questions';
import type { Override, Score } from '../model/reading';
import { h, setText } from '../page/dom';
import { type Answers, isAnswered, shownQuestions, withoutHidden } from './form_conditions';
import { FormQuestionView } from './form_question';
import { measuredValues, overridable } from './form_rules';
import { OverrideBox } from './override_box';
import { ScoreBox } from './score_box';

export interface FormState {
  answers: Answers;
  score: Partial<Score> | null;
  override: Override | null;
  disabled: boolean;
  /** Why the answers were not taken, where that is not about one question. */
  trouble: string | null;
  /** Why the answer to a question was not taken. */
  faults?: Readonly<Record<string, string>>;
  /** The score has yet to be computed from what was answered last. */
  waits: boolean;
  /** Words for the marks that answer a "draw this" question. */
  drawn?: Readonly<Record<string, readonly string[]>>;
  /** What is to be said of the form itself: that a newer version exists. */
  notes?: readonly string[];
}

export interface FormActs {
  /** The answers as they are now; what is no longer asked has gone from them already. */
  answer(answers: Answers, question: string, typed: boolean): void;
  /** Choose level or category by hand, or take that back; absent: not offered. */
  override?: (override: Override | null) => void;
  /** Hand over to the tool that draws; absent: not offered. */
  draw?: (question: FormQuestion) => void;
  showDrawn?: (mark: string) => void;
  /** Go to a question that is not of this form. */
  lead?: (question: string) => void;
  /** Say what an option means, where the page has a place for that; absent: at the form's own foot. */
  tell?: (words: string) => void;
}

export class LabelForm {
  readonly element: HTMLDetailsElement;
  /** The keys leave the form: past its last question, or before its first. */
  onLeave: (by: 1 | -1) => void = () => undefined;
  /** A key alone has answered the last question. */
  onAnswered: () => void = () => undefined;
  private state: FormState = BLANK;
  private readonly questions: readonly FormQuestionView[];
  private readonly headings: { element: HTMLElement; questions: FormQuestionView[] }[] = [];
  private readonly score: ScoreBox;
  private readonly override: OverrideBox | null;
  /** Sticks to the lower edge, over the questions. */
  private readonly result = h('div', { class: 'form-result' });
  private readonly help = h('p', { class: 'form-help', 'aria-hidden': 'true' });
  private readonly notes = h('p', { class: 'form-note', hidden: true });
  private readonly trouble = h('p', { class: 'trouble', hidden: true, role: 'alert' });
  private asked = '';
  private focused: [FormQuestion | null, FormOption | null] = [null, null];

  constructor(
    readonly schema: SchemaJson,
    prefix: string,
    private readonly acts: FormActs,
  ) {
    const { definition } = schema;
    this.questions = definition.form.questions.map((question) => this.question(question, prefix));
    const choice = acts.override ? overridable(definition) : null;
    this.override = choice && new OverrideBox(choice, (value) => acts.override?.(value));
    this.score = new ScoreBox(
      (question) => this.lead(question),
      (name) => definition.form.questions.find((q) => q.name === name)?.title ?? name,
    );
    this.element = h(
      'details',
      { class: 'label-form', open: true, 'data-schema': schema.key, 'data-version': String(schema.version) },
      h('summary', {}, schema.title),
      this.notes,
      h('div', { class: 'form-body' }, ...this.inGroups()),
      this.result,
    );
    // Behind the questions: what is computed grows and shrinks, and must not move an option under the mouse.
    if (acts.tell) this.help.hidden = true;
    this.result.append(this.help, this.score.element, this.override?.element ?? '', this.trouble);
    this.element.addEventListener('focusout', () => {
      this.focused = [null, null];
      this.tell(null, null);
    });
    this.element.addEventListener('focusin', (event) => {
      this.tell(...this.focused);
      if (event.target instanceof HTMLElement) this.uncover(event.target.closest('.question'));
    });
  }

  update(state: FormState): void {
    this.state = state;
    const grows = this.score.update(state.score, state.override, state.waits);
    this.override?.update(state.override, state.score, state.disabled);
    this.trouble.hidden = state.trouble === null;
    setText(this.trouble, state.trouble ?? '');
    this.notes.hidden = !state.notes?.length;
    setText(this.notes, state.notes?.join(' ') ?? '');
    this.updateQuestions();
    if (grows) this.uncover(this.element.querySelector('.question:focus-within'));
  }

  /** A question that has the keys stands clear of what sticks over the questions. */
  private uncover(question: Element | null): void {
    if (!question) return;
    const hidden = question.getBoundingClientRect().bottom - this.result.getBoundingClientRect().top;
    if (hidden > 0) scrollerOf(this.element)?.scrollBy({ top: hidden, behavior: 'instant' });
  }

  /** Give the keys to a question; without a name to the first one that is not answered, else the first. */
  focus(name: string | null = null): boolean {
    const asked = this.questions.filter((q) => !q.element.hidden);
    const wanted =
      asked.find((q) => q.question.name === name) ??
      asked.find((q) => !isAnswered(this.state.answers[q.question.name])) ??
      asked[0];
    this.element.open = true;
    return wanted?.focus() ?? false;
  }

  focusEnd(by: 1 | -1): boolean {
    const asked = this.questions.filter((q) => !q.element.hidden);
    this.element.open = true;
    return (by > 0 ? asked[0] : asked.at(-1))?.focus() ?? false;
  }

  /** Nobody has answered anything here. */
  get isUntouched(): boolean {
    return Object.keys(this.state.answers).length === 0;
  }

  /** Nothing is answered yet, or the score waits for more. */
  get isOpen(): boolean {
    return this.isUntouched || (this.state.score?.missing_names?.length ?? 0) > 0;
  }

  has(question: string): boolean {
    return this.questions.some((q) => q.question.name === question);
  }

  private question(question: FormQuestion, prefix: string): FormQuestionView {
    const { acts, schema } = this;
    const { draw } = acts;
    const name = `${prefix}/${schema.key}@${schema.version}/${question.name}`;
    return new FormQuestionView(question, schema.definition, name, {
      answer: (value) => this.take(question, value),
      leave: (by, form) => this.step(question.name, by, form),
      jump: (key) => this.jump(key),
      tell: (about, option) => this.hint(about, option),
      override: () => this.override?.toggle(),
      draw: draw ? () => draw(question) : null,
      showDrawn: (index) => {
        const marks = this.state.answers[question.name];
        const mark = Array.isArray(marks) ? marks[index] : undefined;
        if (mark !== undefined) acts.showDrawn?.(mark);
      },
    });
  }

  /** The questions in their order, a heading where another group begins. */
  private inGroups(): HTMLElement[] {
    const { groups = [] } = this.schema.definition.form;
    const made: HTMLElement[] = [];
    let before: string | undefined;
    for (const view of this.questions) {
      const { group } = view.question;
      if (group !== before) {
        const title = groups.find((one) => one.name === group)?.title;
        const element = h('h4', { class: 'form-group', hidden: !title }, title ?? '');
        this.headings.push({ element, questions: [] });
        made.push(element);
        before = group;
      }
      this.headings.at(-1)?.questions.push(view);
      made.push(view.element);
    }
    return made;
  }

  private take(question: FormQuestion, value: AnswerValue): void {
    const { name, kind } = question;
    const { [name]: before, ...others } = this.state.answers;
    const isSame = JSON.stringify(before ?? null) === JSON.stringify(isAnswered(value) ? value : null);
    if (isSame) return;
    const wanted = isAnswered(value) ? { ...others, [name]: value } : others;
    const answers = withoutHidden(this.schema.definition, wanted);
    // Shown before the records say so, for the next key may come before the next frame.
    this.state = { ...this.state, answers };
    this.updateQuestions();
    this.acts.answer(answers, name, kind === 'text' || kind === 'number');
  }

  private step(from: string, by: 1 | -1, form: 'stay' | 'leave'): void {
    const asked = this.questions.filter((q) => !q.element.hidden);
    const next = asked[asked.findIndex((q) => q.question.name === from) + by];
    if (next) next.focus();
    else if (form === 'leave') this.onLeave(by);
    else if (by > 0 && isAnswered(this.state.answers[from])) this.onAnswered();
  }

  private jump(key: string): boolean {
    const wanted = this.questions.find((q) => !q.element.hidden && q.question.key?.toLowerCase() === key.toLowerCase());
    return wanted?.focus() ?? false;
  }

  private lead(question: string): void {
    if (this.has(question)) this.focus(question);
    else this.acts.lead?.(question);
  }

  private hint(question: FormQuestion | null, option: FormOption | null): void {
    if (question && this.element.contains(document.activeElement)) this.focused = [question, option];
    if (question) this.tell(question, option);
    else this.tell(...this.focused);
  }

  /** What is said at the foot, in the same two lines whatever it is: no word covers the picture, nothing moves. */
  private tell(question: FormQuestion | null, option: FormOption | null): void {
    const words = option?.help ?? question?.help ?? '';
    const about = option?.help ? option.title : (question?.title ?? '');
    const said = words ? `${about}: ${words}` : '';
    if (this.acts.tell) this.acts.tell(said);
    else setText(this.help, said);
  }

  private updateQuestions(): void {
    const { answers, score, disabled, faults = {}, drawn = {} } = this.state;
    const { definition } = this.schema;
    const shown = shownQuestions(definition, answers);
    const measured = measuredValues(definition, score);
    const asked = [...shown].join();
    const keep = asked === this.asked ? (change: () => void) => change() : this.keepInPlace;
    this.asked = asked;
    keep(() => {
      for (const view of this.questions) {
        const { name } = view.question;
        view.update({
          value: answers[name] ?? null,
          measured: measured[name] ?? '',
          derived: score?.derived?.[name],
          drawn: drawn[name] ?? [],
          fault: faults[name] ?? null,
          visible: shown.has(name),
          disabled,
        });
      }
      for (const { element, questions } of this.headings)
        if (element.textContent) element.hidden = questions.every((q) => q.element.hidden);
    });
  }

  /** What the reader is at stays where it is on the screen, whatever comes or goes above it. */
  private readonly keepInPlace = (change: () => void): void => {
    const held = ['.question:focus-within', '.question:hover']
      .map((which) => this.element.querySelector<HTMLElement>(which))
      .find((question) => question !== null);
    const before = held?.getBoundingClientRect().top;
    change();
    if (!held || before === undefined || held.hidden) return;
    const moved = held.getBoundingClientRect().top - before;
    if (moved !== 0) scrollerOf(this.element)?.scrollBy({ top: moved, behavior: 'instant' });
  };
}

const BLANK: FormState = { answers: {}, score: null, override: null, disabled: false, trouble: null, waits: false };

function scrollerOf(element: HTMLElement): HTMLElement | null {
  for (let at = element.parentElement; at; at = at.parentElement)
    if (/auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  return null;
}
