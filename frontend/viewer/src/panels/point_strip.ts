/** What the next points are, in a strip over the top of the pictures while the tool for points is in hand. */
import type { CommandRegistry } from '../commands/registry';
import { h } from '../page/dom';
import type { Acts } from '../store/acts';
import { CALIPER, hasCalipers, nameNextPoints } from '../store/calipers';
import type { Panel } from './panel';

export class PointStrip implements Panel {
  readonly element: HTMLElement;
  private readonly choices: readonly [string, HTMLButtonElement][];

  constructor(
    private readonly acts: Acts,
    commands: CommandRegistry,
  ) {
    const key = commands.keysOf('marks.caliper')[0] ?? 'no key';
    this.choices = (
      [
        ['', 'Point', 'A place, of no finding but the chosen one'],
        [CALIPER, 'Caliper', `What a scanner drew: painted out of exports where they ask for it (${key})`],
      ] as const
    ).map(([label, words, title]) => [
      label,
      h('button', { type: 'button', title, onclick: () => nameNextPoints(acts, label) }, words),
    ]);
    this.element = h(
      'div',
      { class: 'tool-options point-strip', role: 'group', 'aria-label': 'Points', hidden: true },
      'Next point is a',
      ...this.choices.map(([, button]) => button),
      h('span', { class: 'beside' }, `${key} names the chosen one`),
    );
  }

  update(): void {
    const { ui, manifest, suggestions, mayEdit } = this.acts;
    this.element.hidden = ui.now.tool !== 'point' || !mayEdit || !hasCalipers(manifest, suggestions);
    for (const [label, button] of this.choices) {
      button.setAttribute('aria-pressed', String(ui.now.pointLabel === label));
    }
  }
}
