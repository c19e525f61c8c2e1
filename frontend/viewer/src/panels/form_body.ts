/** What every way of answering a question has in common. */
import type { AnswerValue } from '../model/questions';

export interface BodyState {
  value: AnswerValue;
  /** What stands in an empty field because the score took it from the pictures. */
  measured: string;
  /** An answer that follows from others; the reader's own stays as it is. */
  derived: unknown;
  /** Words for the marks of a "draw this" question, in the order of the answer. */
  drawn: readonly string[];
  disabled: boolean;
}

export interface QuestionBody {
  readonly element: HTMLElement;
  /** What takes the keys, in order. */
  readonly targets: readonly HTMLElement[];
  update(state: BodyState): void;
}
