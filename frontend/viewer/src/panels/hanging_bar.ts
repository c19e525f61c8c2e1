/** Above the panes: which of the fitting hangings is shown, and what moves together. */
import './hanging_bar.css';
import type { CommandRegistry } from '../commands/registry';
import { gridWords, hangingsOf, LINK_KINDS } from '../model/hangings';
import type { HangingJson, LinkKind } from '../model/types';
import { h, s } from '../page/dom';
import type { PaneLinks } from '../page/pane_links';
import type { Acts } from '../store/acts';

const WORDS: Record<LinkKind, string> = { scroll: 'Scroll', zoom: 'Zoom', window: 'Window' };
// Two halves of a chain, joined.
const CHAIN =
  'M7 8h4v1.800H7a2.200 2.200 0 000 4.400h4V16H7a4 4 0 010-8zm6 0h4a4 4 0 010 8h-4v-1.800h4a2.200 2.200 0 000-4.400h-4zm-4 3.100h6v1.800H9z';

export class HangingBar {
  readonly element: HTMLElement;
  private readonly choice: HTMLSelectElement;
  private readonly links = new Map<LinkKind, HTMLButtonElement>();
  private readonly group: HTMLElement;

  constructor(
    private readonly acts: Acts,
    private readonly grid: { readonly links: PaneLinks; choose(hanging: HangingJson): void },
    private readonly commands: CommandRegistry,
    run: (id: string) => void,
  ) {
    const hangings = hangingsOf(acts.manifest);
    this.choice = h(
      'select',
      { class: 'hanging-choice', 'aria-label': 'Hanging', onchange: () => this.choose(hangings) },
      ...hangings.map((hanging, at) => h('option', { value: hanging.key }, this.wordsOf(hanging, at))),
    );
    for (const kind of LINK_KINDS) {
      const button = h(
        'button',
        { type: 'button', class: 'link', 'data-link': kind, onclick: () => run(`hangings.${kind}`) },
        WORDS[kind],
      );
      this.links.set(kind, button);
    }
    const chain = s(
      'svg',
      { viewBox: '0 0 24 24', width: 16, height: 16 },
      s('path', { d: CHAIN, fill: 'currentColor' }),
    );
    this.group = h('div', { class: 'links', role: 'group', 'aria-label': 'Linked' }, chain, ...this.links.values());
    this.element = h('div', { class: 'hanging-bar' }, this.group, this.choice);
  }

  update(): void {
    const { ui } = this.acts;
    if (this.choice.value !== ui.now.hanging) this.choice.value = ui.now.hanging;
    this.group.hidden = !this.grid.links.possible;
    for (const [kind, button] of this.links) {
      const linked = ui.now.links[kind];
      const key = this.commands.keysOf(`hangings.${kind}`)[0];
      button.setAttribute('aria-pressed', String(linked));
      button.title = `${WORDS[kind]}: panes ${linked ? 'together' : 'one by one'}${key ? ` (${key})` : ''}`;
    }
  }

  private choose(hangings: readonly HangingJson[]): void {
    const hanging = hangings.find(({ key }) => key === this.choice.value);
    if (hanging) this.grid.choose(hanging);
    // The keys stay the picture's.
    this.choice.blur();
  }

  private wordsOf(hanging: HangingJson, at: number): string {
    const key = at < 9 ? this.commands.keysOf(`hangings.choose_${at + 1}`)[0] : undefined;
    return `${gridWords(hanging)}  ${hanging.title}${key ? `  (${key})` : ''}`;
  }
}
