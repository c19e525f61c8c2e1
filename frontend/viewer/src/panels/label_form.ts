/** A form made from a label schema: its questions, what is chosen, and what the server computed from it. */
import type { Answer, AnswerValue, SchemaJson } from '../model/types';
import { h, setText } from '../page/dom';
import { FormQuestionView } from './form_question';
import { isVisible, measuredValues } from './form_rules';
import { ScoreBox } from './score_box';

type Answers = Readonly<Record<string, AnswerValue>>;

export interface FormState {
  answer: Answer | undefined;
  disabled: boolean;
  /** Why the server did not take the answers. */
  trouble: string | null;
  /** The server has yet to compute from what was answered last. */
  waits: boolean;
}

export class LabelForm {
  readonly element: HTMLDetailsElement;
  /** The keys leave the form: past its last question, or before its first. */
  onLeave: (by: 1 | -1) => void = () => undefined;
  private answers: Answers = {};
  private disabled = false;
  private measured: Readonly<Record<string, number>> = {};
  private readonly questions: readonly FormQuestionView[];
  private readonly score = new ScoreBox((question) => this.focus(question));
  private readonly trouble = h('p', { class: 'trouble', hidden: true, role: 'alert' });

  constructor(
    readonly schema: SchemaJson,
    prefix: string,
    private readonly answer: (question: string, value: AnswerValue) => void,
  ) {
    this.questions = schema.definition.form.questions.map(
      (question) =>
        new FormQuestionView(question, schema, prefix, {
          answer: (value) => this.take(question.name, value),
          leave: (by, form) => this.step(question.name, by, form),
        }),
    );
    this.element = h(
      'details',
      { class: 'label-form', open: true, 'data-schema': schema.key },
      h('summary', {}, schema.title),
      h('div', { class: 'form-body' }, ...this.questions.map((q) => q.element)),
      // Behind the questions: what is computed grows and shrinks, and must not move an option under the mouse.
      h('div', { class: 'form-result' }, this.score.element, this.trouble),
    );
  }

  update({ answer, disabled, trouble, waits }: FormState): void {
    this.answers = answer?.answers ?? {};
    this.disabled = disabled;
    this.measured = measuredValues(this.schema, answer?.score);
    this.score.update(answer?.score ?? null, waits);
    this.trouble.hidden = trouble === null;
    setText(this.trouble, trouble ?? '');
    this.updateQuestions();
  }

  /** Give the keys to a question; without a name to the first one that is not answered, else the first. */
  focus(name: string | null = null): boolean {
    const asked = this.questions.filter((q) => !q.element.hidden);
    const wanted =
      asked.find((q) => q.question.name === name) ??
      asked.find((q) => this.answers[q.question.name] == null) ??
      asked[0];
    this.element.open = true;
    return wanted?.focus() ?? false;
  }

  focusEnd(by: 1 | -1): boolean {
    const asked = this.questions.filter((q) => !q.element.hidden);
    this.element.open = true;
    return (by > 0 ? asked[0] : asked.at(-1))?.focus() ?? false;
  }

  private take(question: string, value: AnswerValue): void {
    // Shown before the records say so, for the next key may come before the next frame.
    this.answers = { ...this.answers, [question]: value };
    this.updateQuestions();
    this.answer(question, value);
  }

  private step(from: string, by: 1 | -1, form: 'stay' | 'leave'): void {
    const asked = this.questions.filter((q) => !q.element.hidden);
    const next = asked[asked.findIndex((q) => q.question.name === from) + by];
    if (next) next.focus();
    else if (form === 'leave') this.onLeave(by);
  }

  private updateQuestions(): void {
    for (const view of this.questions) {
      const { name } = view.question;
      view.update({
        value: this.answers[name] ?? null,
        measured: this.measured[name],
        visible: isVisible(view.question, this.answers),
        disabled: this.disabled,
      });
    }
  }
}
