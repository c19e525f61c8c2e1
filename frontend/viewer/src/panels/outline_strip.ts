/** What the tool that has things outlined waits for, in a strip over the top of the pictures. */
import type { CommandRegistry } from '../commands/registry';
import { h, setText } from '../page/dom';
import type { Acts } from '../store/acts';
import type { Panel } from './panel';

export class OutlineStrip implements Panel {
  readonly element: HTMLElement;
  private readonly words = h('span', { role: 'status' });
  private readonly again: HTMLButtonElement;

  constructor(
    private readonly acts: Acts,
    private readonly commands: CommandRegistry,
  ) {
    this.again = h('button', { type: 'button', onclick: () => acts.outlining?.tryAgain() }, 'Try again');
    this.element = h(
      'div',
      { class: 'tool-options outline-strip', role: 'group', 'aria-label': 'Outlining', hidden: true },
      this.words,
      this.again,
    );
  }

  update(): void {
    const { ui, outlining, mayEdit } = this.acts;
    const isInHand = ui.now.tool === 'outline';
    this.element.hidden = !outlining || !mayEdit || !(isInHand || outlining.waits || outlining.trouble);
    if (this.element.hidden || !outlining) return;
    this.again.hidden = outlining.trouble === '';
    setText(this.words, this.say(isInHand));
  }

  private say(isInHand: boolean): string {
    const { outlining } = this.acts;
    if (outlining?.trouble) return outlining.trouble;
    if (outlining?.waits) return 'Outlining… Go on reading; Esc gives it up.';
    if (!isInHand || !outlining?.open) return 'Click two to four ends, then Enter; or drag a box.';
    const accept = this.commands.keysOf('suggestions.accept')[0] ?? 'Accept';
    return `Click what belongs to it, Alt + click what doesn’t. ${accept} accepts, Esc gives it up.`;
  }
}
