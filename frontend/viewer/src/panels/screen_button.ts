/** In the second window: whether it moves together with the first one. */
import type { CommandRegistry } from '../commands/registry';
import { h } from '../page/dom';
import type { Ui } from '../store/ui';

const COMMAND = 'case.screens_together';

export class ScreenButton {
  readonly element: HTMLElement;

  constructor(
    private readonly ui: Ui,
    commands: CommandRegistry,
    run: (id: string) => void,
  ) {
    const key = commands.keysOf(COMMAND)[0] ?? 'no key';
    const title = `Both windows scroll, zoom and are windowed together (${key})`;
    this.element = h('button', { type: 'button', title, onclick: () => run(COMMAND) }, 'With the first window');
    this.update();
    ui.subscribe(() => this.update());
  }

  private update(): void {
    this.element.setAttribute('aria-pressed', String(this.ui.now.screensTogether));
  }
}
