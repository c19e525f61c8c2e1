/** A level or category chosen by hand instead of the computed one: which, and why. One key takes it back. */
import type { Override, Score } from '../model/reading';
import { h, setText } from '../page/dom';

export const OVERRIDE_KEY = '*';
const LONGEST_REASON = 500;

export class OverrideBox {
  readonly element: HTMLElement;
  private readonly open: HTMLButtonElement;
  private readonly remove: HTMLButtonElement;
  private readonly editor: HTMLElement;
  private readonly choices: HTMLButtonElement[];
  private readonly reason: HTMLInputElement;
  private readonly asks = h('p', { class: 'hint' });
  private chosen: string | null = null;
  private override: Override | null = null;
  private disabled = false;
  private former: HTMLElement | null = null;

  constructor(
    private readonly choice: { as: 'level' | 'category'; values: readonly string[] },
    private readonly change: (override: Override | null) => void,
  ) {
    const { as, values } = choice;
    this.open = h(
      'button',
      { type: 'button', class: 'quiet', onclick: () => this.edit() },
      h('kbd', { 'aria-hidden': 'true' }, OVERRIDE_KEY),
      `Choose the ${as} by hand`,
    );
    this.remove = h(
      'button',
      { type: 'button', class: 'quiet', onclick: () => this.change(null) },
      h('kbd', { 'aria-hidden': 'true' }, OVERRIDE_KEY),
      'Back to the computed one',
    );
    this.choices = values.map((value, i) =>
      h(
        'button',
        { type: 'button', 'data-level': value, onclick: () => this.choose(value) },
        i < 9 && as === 'level' ? h('kbd', { 'aria-hidden': 'true' }, String(i + 1)) : null,
        value,
      ),
    );
    this.reason = h('input', {
      type: 'text',
      maxlength: LONGEST_REASON,
      placeholder: 'Why, then Enter',
      'aria-label': `Why this ${as} is chosen`,
    });
    this.editor = h(
      'div',
      { class: 'override-editor', role: 'group', tabindex: -1, 'aria-label': `Choose the ${as} by hand`, hidden: true },
      h('div', { class: 'override-choices' }, ...this.choices),
      this.reason,
      this.asks,
    );
    this.element = h('div', { class: 'override' }, this.open, this.remove, this.editor);
    this.element.addEventListener('keydown', (event) => this.press(event));
  }

  update(override: Override | null, score: Partial<Score> | null, disabled: boolean): void {
    this.override = override;
    this.disabled = disabled;
    const computed = this.choice.as === 'level' ? score?.level : score?.category;
    // There is nothing to choose instead of before something was computed.
    const offered = !disabled && (override !== null || Boolean(computed));
    this.element.hidden = !offered;
    this.open.hidden = override !== null || !this.editor.hidden;
    this.remove.hidden = override === null;
  }

  /** The key: begins to choose, or takes back what was chosen. */
  toggle(): void {
    if (this.disabled || this.element.hidden) return;
    if (this.override) this.change(null);
    else this.edit();
  }

  private edit(): void {
    const { activeElement } = document;
    this.former = activeElement instanceof HTMLElement && activeElement !== this.open ? activeElement : null;
    this.chosen = null;
    this.reason.value = '';
    this.show(true);
    setText(this.asks, `Which ${this.choice.as}? A ${this.choice.as === 'level' ? 'digit' : 'code'} chooses.`);
    this.mark();
    this.editor.focus();
    this.editor.scrollIntoView({ block: 'nearest' });
  }

  /** The keys go back to where they were: to the question, or to the picture. */
  private back(): void {
    if (this.former?.isConnected) this.former.focus({ preventScroll: true });
    else if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  }

  private show(open: boolean): void {
    this.editor.hidden = !open;
    this.open.hidden = open || this.override !== null;
  }

  private choose(value: string): void {
    this.chosen = value;
    this.mark();
    setText(this.asks, 'The computed one stays beside it. A reason is needed.');
    this.reason.focus();
  }

  private mark(): void {
    for (const button of this.choices)
      button.setAttribute('aria-pressed', String(button.dataset.level === this.chosen));
  }

  private finish(): void {
    const reason = this.reason.value.trim();
    if (!this.chosen) {
      setText(this.asks, `Choose the ${this.choice.as} first.`);
      this.editor.focus();
    } else if (!reason) setText(this.asks, 'Say why first: without a reason it is not kept.');
    else {
      const value = this.choice.as === 'level' ? { level: this.chosen } : { category: this.chosen };
      this.show(false);
      this.change({ ...value, reason });
      this.back();
    }
  }

  private press(event: KeyboardEvent): void {
    const { key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || this.editor.hidden) return;
    if (key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      this.show(false);
      this.back();
    } else if (event.target === this.reason) {
      if (key !== 'Enter') return;
      event.preventDefault();
      this.finish();
    } else if (key.length === 1 && key !== ' ' && key !== '?') {
      event.preventDefault();
      this.type(key);
    }
  }

  private typed = '';

  /** A digit by place for levels; a code for categories, "4" and "B" one after the other. */
  private type(key: string): void {
    const { as, values } = this.choice;
    if (as === 'level') {
      const value = values[Number(key) - 1];
      if (value !== undefined) this.choose(value);
      return;
    }
    const wanted = [this.typed + key, key].map((one) => one.toUpperCase());
    const found = wanted.find((one) => values.includes(one));
    if (found === undefined) return;
    this.chosen = found;
    this.mark();
    const longer = values.some((value) => value !== found && value.startsWith(found));
    this.typed = longer ? found : '';
    if (longer) setText(this.asks, `${found}; a letter divides it, Tab goes on to the reason.`);
    else this.choose(found);
  }
}
