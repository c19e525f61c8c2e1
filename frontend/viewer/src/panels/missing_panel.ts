/** What is left open when the reader submits: each line leads there, and the reading may be submitted all the same. */
import { h } from '../page/dom';
import type { Missing } from '../store/missing';

export class MissingPanel {
  readonly element: HTMLElement;
  private readonly list = h('ul', {});
  private readonly goOn: HTMLButtonElement;
  private answered: (submit: boolean) => void = () => undefined;

  constructor(private readonly go: (to: Missing) => void) {
    this.goOn = h('button', { type: 'button', class: 'quiet', onclick: () => this.close(false) }, 'Go on reading');
    this.element = h(
      'section',
      { class: 'panel missing-panel', role: 'alertdialog', 'aria-label': 'Submit with this left open?', hidden: true },
      h('h2', {}, 'Submit with this left open?'),
      this.list,
      h('p', { class: 'hint' }, 'A submitted reading can no longer be changed.'),
      h(
        'div',
        { class: 'choices' },
        this.goOn,
        h('button', { type: 'button', class: 'primary', onclick: () => this.close(true) }, 'Submit anyway'),
      ),
    );
    this.element.addEventListener('keydown', (event) => this.press(event));
  }

  /** Ask; false when the reader goes on reading, by a line of the list too. */
  ask(missing: readonly Missing[]): Promise<boolean> {
    this.answered(false);
    this.list.replaceChildren(...missing.map((one, i) => this.line(one, i)));
    this.element.hidden = false;
    this.element.scrollIntoView({ block: 'nearest' });
    this.goOn.focus();
    return new Promise((resolve) => {
      this.answered = resolve;
    });
  }

  /** The reader did something else: nothing is submitted by it. */
  close(submit: boolean): void {
    if (this.element.hidden) return;
    if (this.element.contains(document.activeElement) && document.activeElement instanceof HTMLElement)
      document.activeElement.blur();
    this.element.hidden = true;
    this.answered(submit);
    this.answered = () => undefined;
  }

  private line(missing: Missing, i: number): HTMLElement {
    const leads = missing.open ?? missing.finding ?? missing.mark;
    if (leads === undefined) return h('li', {}, missing.words);
    const key = i < 9 ? h('kbd', { 'aria-hidden': 'true' }, String(i + 1)) : null;
    const follow = (): void => {
      this.close(false);
      this.go(missing);
    };
    return h('li', {}, h('button', { type: 'button', class: 'jump', onclick: follow }, key, missing.words));
  }

  private press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const line = /^[1-9]$/.test(event.key) ? this.list.children[Number(event.key) - 1] : undefined;
    if (event.key === 'Escape') this.close(false);
    else if (line) line.querySelector('button')?.click();
    else if (event.key === 'Tab' || event.key === 'Enter' || event.key === ' ') return;
    // No letter means anything to the picture while this is asked.
    event.preventDefault();
  }
}
