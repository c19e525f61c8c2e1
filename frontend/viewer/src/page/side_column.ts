/** What stands beside the pictures: the panels, what the option at hand means, and how saving stands. */
import type { Panel } from '../panels/panel';
import { h, setText } from './dom';

export class SideColumn {
  readonly element: HTMLElement;
  private readonly side: HTMLElement;
  /** One place for all forms: it covers no picture and moves nothing. */
  private readonly help = h('p', { class: 'form-help', 'aria-hidden': 'true' });

  constructor(
    above: HTMLElement,
    private readonly panels: readonly Panel[],
    dock: HTMLElement,
  ) {
    this.side = h(
      'aside',
      { class: 'side', 'aria-label': 'Findings and questions' },
      above,
      ...panels.map((panel) => panel.element),
    );
    this.element = h('div', { class: 'side-column' }, this.side, this.help, dock);
  }

  tell(words: string): void {
    setText(this.help, words);
  }

  /** The question that the reader is at stays where it is, whatever comes or goes above it. */
  update(): void {
    const held = this.held();
    const before = held?.getBoundingClientRect().top;
    for (const panel of this.panels) panel.update();
    if (!held?.isConnected || before === undefined || held.hidden) return;
    const { top, bottom } = held.getBoundingClientRect();
    if (top !== before) this.side.scrollTop += top - before;
    // Unless what sticks over the lower edge has grown over it.
    const result = held.closest('.label-form')?.querySelector('.form-result');
    const hidden = bottom - top + before - (result?.getBoundingClientRect().top ?? Number.POSITIVE_INFINITY);
    if (hidden > 0 && held.contains(document.activeElement)) this.side.scrollTop += hidden;
  }

  private held(): HTMLElement | null {
    const focused = document.activeElement?.closest<HTMLElement>('.question') ?? null;
    return focused && this.side.contains(focused) ? focused : this.side.querySelector<HTMLElement>('.question:hover');
  }
}
