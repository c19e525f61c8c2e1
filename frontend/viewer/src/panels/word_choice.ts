/** Choosing words by keyboard: a digit for a usual one, words of one's own, or none at all. */
import { h } from '../page/dom';

/** As many as there are digits. */
const MOST_WORDS = 9;

export interface WordChoiceText {
  /** What is asked, for those who hear the page. */
  asks: string;
  placeholder: string;
  /** What choosing nothing is called, and its key; null where something must be chosen. */
  none: { words: string; key: string } | null;
}

export class WordChoice {
  readonly element: HTMLElement;
  private readonly usual = h('div', { class: 'word-choice-usual' });
  private readonly own: HTMLInputElement;
  private words: readonly string[] = [];

  constructor(
    private readonly text: WordChoiceText,
    private readonly done: (words: string) => void,
    private readonly cancel: () => void,
    /** Words of one's own, while they are typed. */
    private readonly typed: (words: string) => void = () => undefined,
  ) {
    this.own = h('input', {
      type: 'text',
      oninput: () => this.typed(this.own.value),
      maxlength: 200,
      placeholder: text.placeholder,
      'aria-label': text.placeholder,
    });
    this.element = h(
      'div',
      { class: 'word-choice', role: 'group', tabindex: -1, 'aria-label': text.asks },
      this.usual,
      this.own,
    );
    this.element.addEventListener('keydown', (event) => this.press(event));
  }

  /** Begin anew with these words to choose from; the first nine have digits. `begun`: words of one's own so far. */
  offer(words: readonly string[], longest = 200, begun = ''): void {
    this.words = words.slice(0, MOST_WORDS);
    this.own.value = begun;
    this.own.maxLength = longest;
    const { none } = this.text;
    this.usual.replaceChildren(
      ...this.words.map((word, i) => this.button(String(i + 1), word, word)),
      ...(none ? [this.button(none.key.toUpperCase(), none.words, '')] : []),
    );
  }

  /** Take the keys, unless they are here already. */
  focus(): void {
    if (this.element.contains(document.activeElement)) return;
    if (this.own.value) {
      this.own.focus({ preventScroll: true });
      this.element.scrollIntoView({ block: 'nearest' });
      return;
    }
    // The whole of it, not one of the words: Enter must not choose what nobody looked at.
    this.element.focus({ preventScroll: true });
    this.element.scrollIntoView({ block: 'nearest' });
  }

  /** Let what it stands in be made anew: what is being typed goes on where it was. */
  keepFocus(rebuild: () => void): void {
    const held = document.activeElement;
    rebuild();
    if (held instanceof HTMLElement && held !== document.activeElement && this.element.contains(held))
      held.focus({ preventScroll: true });
  }

  private button(key: string, shown: string, meant: string): HTMLButtonElement {
    return h(
      'button',
      { type: 'button', 'data-word': key, title: shown, onclick: () => this.done(meant) },
      h('kbd', {}, key),
      shown,
    );
  }

  private press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    if (key === 'Escape') {
      event.preventDefault();
      this.cancel();
      return;
    }
    if (event.target === this.own) {
      if (key !== 'Enter') return;
      event.preventDefault();
      if (this.own.value.trim()) this.done(this.own.value.trim());
      else this.cancel();
      return;
    }
    const usual = /^[1-9]$/.test(key) ? this.words[Number(key) - 1] : undefined;
    if (usual !== undefined) this.take(event, usual);
    else if (this.text.none && key.toLowerCase() === this.text.none.key) this.take(event, '');
    // Any other letter begins words of one's own; it means nothing to the picture now.
    else if (/^\p{L}$/u.test(key)) this.own.focus();
    else if (/^\d$/.test(key)) event.preventDefault();
  }

  private take(event: KeyboardEvent, words: string): void {
    event.preventDefault();
    this.done(words);
  }
}
