/** Over a picture of an earlier study: that it is one, and how much earlier. */
import { h, setText } from '../page/dom';
import type { PaneLayer } from './layer';
import type { Pane } from './pane';

export class PriorBadge implements PaneLayer {
  readonly element = h('div', { class: 'prior-badge', hidden: true });

  constructor(private readonly pane: Pane) {}

  update(): void {
    const { stack } = this.pane;
    const isPrior = stack !== null && stack.prior > 0;
    this.element.hidden = !isPrior;
    this.pane.element.classList.toggle('prior', isPrior);
    if (isPrior) setText(this.element, priorWords(stack.prior_words));
  }

  follow(): void {
    // It stays where it is, wherever the picture goes.
  }
}

/** "Earlier study, 7 months before". */
export function priorWords(words: string): string {
  return words === 'earlier' ? 'Earlier study' : `Earlier study, ${words}`;
}
