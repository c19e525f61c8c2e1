/** "Draw this": a question that the picture answers. */
import type { FormQuestion } from '../model/questions';
import { h } from '../page/dom';
import type { BodyState, QuestionBody } from './form_body';

export interface DrawActs {
  /** Hand over to the tool; null where nothing can be drawn. */
  draw: (() => void) | null;
  show(index: number): void;
  remove(index: number): void;
}

export class DrawBody implements QuestionBody {
  readonly element: HTMLElement;
  readonly targets: readonly HTMLElement[];
  private readonly list = h('div', { class: 'drawn' });
  private shown = '';

  constructor(
    question: FormQuestion,
    private readonly acts: DrawActs,
  ) {
    const button = h(
      'button',
      { type: 'button', class: 'draw', disabled: acts.draw === null, onclick: () => acts.draw?.() },
      h('kbd', { 'aria-hidden': 'true' }, '1'),
      `Draw: ${question.mark_kind ?? 'mark'}`,
    );
    this.targets = [button];
    this.element = h('div', { class: 'draw-question' }, button, this.list);
  }

  update({ drawn, disabled }: BodyState): void {
    const state = JSON.stringify([drawn, disabled]);
    if (state === this.shown) return;
    this.shown = state;
    this.list.replaceChildren(
      ...drawn.map((words, i) =>
        h(
          'span',
          { class: 'drawn-mark' },
          h('button', { type: 'button', class: 'quiet', onclick: () => this.acts.show(i) }, words),
          disabled
            ? null
            : h(
                'button',
                {
                  type: 'button',
                  class: 'quiet',
                  'aria-label': `Take ${words} out of the answer; the mark stays`,
                  onclick: () => this.acts.remove(i),
                },
                '✕',
              ),
        ),
      ),
    );
  }
}
