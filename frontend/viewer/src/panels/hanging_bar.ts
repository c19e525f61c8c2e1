/** Above the panes: which of the fitting hangings is shown, and what moves together. */
import './hanging_bar.css';
import type { CommandRegistry } from '../commands/registry';
import { gridWords, hangingsOf, LINK_KINDS } from '../model/hangings';
import type { HangingJson, LinkKind } from '../model/pictures';
import { h, s } from '../page/dom';
import type { PaneLinks } from '../page/pane_links';
import type { Acts } from '../store/acts';

const WORDS: Record<LinkKind, string> = { scroll: 'Scrolling', zoom: 'Zoom', window: 'Windows' };
// What the button links: arrows up and down, a lens, a disc half dark.
const ICONS: Record<LinkKind, string> = {
  scroll: 'M12 3l4.500 5h-3.500v8h3.500L12 21l-4.500-5H11V8H7.500z',
  zoom: 'M10 4a6 6 0 104 10.500L19 20l1-1-5.500-5A6 6 0 0010 4zm0 2a4 4 0 110 8 4 4 0 010-8z',
  window: 'M12 3a9 9 0 100 18 9 9 0 000-18zm0 2v14a7 7 0 010-14z',
};
// Two halves of a chain, joined.
const CHAIN =
  'M7 8h4v1.800H7a2.200 2.200 0 000 4.400h4V16H7a4 4 0 010-8zm6 0h4a4 4 0 010 8h-4v-1.800h4a2.200 2.200 0 000-4.400h-4zm-4 3.100h6v1.800H9z';

function icon(path: string): SVGSVGElement {
  return s('svg', { viewBox: '0 0 24 24', width: 16, height: 16 }, s('path', { d: path, fill: 'currentColor' }));
}

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
      const act = { type: 'button', class: 'link', 'data-link': kind, onclick: () => run(`hangings.${kind}`) };
      const button = h('button', act, icon(ICONS[kind]));
      this.links.set(kind, button);
    }
    this.group = h(
      'div',
      { class: 'links', role: 'group', 'aria-label': 'Linked' },
      icon(CHAIN),
      ...this.links.values(),
    );
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
      const words = `${WORDS[kind]}: ${linked ? 'panes together' : 'one by one'}${key ? ` (${key})` : ''}`;
      if (button.title === words) continue;
      button.title = words;
      button.setAttribute('aria-label', words);
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
