/** A line over the page that says what happened, for a few seconds. */
import { h, setText } from './dom';

const SHOWN_MS = 4000;

export class Notice {
  readonly element = h('div', { class: 'notice', role: 'status', hidden: true });
  private timer = 0;

  say(words: string): void {
    window.clearTimeout(this.timer);
    setText(this.element, words);
    this.element.hidden = false;
    this.timer = window.setTimeout(() => {
      this.element.hidden = true;
    }, SHOWN_MS);
  }
}
