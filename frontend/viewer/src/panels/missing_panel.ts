/** What is left open when the reader submits: each line leads there. What need not be answered may be left all the same. */
import { h, setText } from '../page/dom';
import type { Missing } from '../store/missing';

export class MissingPanel {
  readonly element: HTMLElement;
  private readonly heading = h('h2', {});
  private readonly required = h('ul', {});
  private readonly besides = h('p', { class: 'hint' }, 'Open besides:');
  private readonly rest = h('ul', {});
  private readonly warning = h('p', { class: 'hint' }, 'A submitted reading can no longer be changed.');
  private readonly goOn: HTMLButtonElement;
  private readonly submit: HTMLButtonElement;
  private answered: (submit: boolean) => void = () => undefined;

  constructor(private readonly go: (to: Missing) => void) {
    this.goOn = h('button', { type: 'button', class: 'quiet', onclick: () => this.close(false) }, 'Go on reading');
    this.submit = h('button', { type: 'button', class: 'primary', onclick: () => this.close(true) }, 'Submit anyway');
    this.element = h(
      'section',
      { class: 'panel missing-panel', role: 'alertdialog', hidden: true },
      this.heading,
      this.required,
      this.besides,
      this.rest,
      this.warning,
      h('div', { class: 'choices' }, this.goOn, this.submit),
    );
    this.element.addEventListener('keydown', (event) => this.press(event));
  }

  /** Ask; false when the reader goes on reading, by a line of the list too. */
  ask(missing: readonly Missing[]): Promise<boolean> {
    this.answered(false);
    const lines = missing.map((one, i) => this.line(one, i));
    const isRequired = (_: HTMLElement, i: number): boolean => missing[i]?.required === true;
    this.required.replaceChildren(...lines.filter(isRequired));
    this.rest.replaceChildren(...lines.filter((line, i) => !isRequired(line, i)));
    const mayNot = this.required.childElementCount > 0;
    const heading = mayNot ? 'Not submitted: this must be answered first' : 'Submit with this left open?';
    setText(this.heading, heading);
    this.element.setAttribute('aria-label', heading);
    this.required.hidden = !mayNot;
    this.besides.hidden = !mayNot || this.rest.childElementCount === 0;
    this.warning.hidden = mayNot;
    this.submit.hidden = mayNot;
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
    const line = /^[1-9]$/.test(event.key) ? this.element.querySelectorAll('li')[Number(event.key) - 1] : undefined;
    if (event.key === 'Escape') this.close(false);
    else if (line) line.querySelector('button')?.click();
    else if (event.key === 'Tab' || event.key === 'Enter' || event.key === ' ') return;
    // No letter means anything to the picture while this is asked.
    event.preventDefault();
  }
}
