/** Tools at the left. */
import type { CommandRegistry } from '../commands/registry';
import { h, s } from '../page/dom';
import type { Acts } from '../store/acts';
import { TOOLS } from '../tools/registry';
import { isOffered } from '../tools/tool_for_kind';

const ICONS: Record<string, string> = {
  fit: 'M4 9V4h5v1.600H5.600V9zm11-5h5v5h-1.600V5.600H15zM4 15h1.600v3.400H9V20H4zm14.400 0H20v5h-5v-1.600h3.400z',
  invert: 'M4 4h16v16H4zm1.600 1.600v12.800L18.400 5.600z',
  reset: 'M12 5V2L7 6l5 4V7a5 5 0 11-5 5H5a7 7 0 107-7z',
  undo: 'M9 5L4 9.500 9 14v-3c5 0 7 1.500 9 5 0-5-3-8.500-9-8.500z',
  redo: 'M15 5l5 4.500-5 4.500v-3c-5 0-7 1.500-9 5 0-5 3-8.500 9-8.500z',
};

export class Toolbar {
  readonly element: HTMLElement;
  private readonly tools = new Map<string, HTMLButtonElement>();
  /** By the command that each is. */
  private readonly buttons = new Map<string, HTMLButtonElement>();
  private readonly undo: HTMLButtonElement;
  private readonly redo: HTMLButtonElement;

  constructor(
    private readonly acts: Acts,
    private readonly commands: CommandRegistry,
    private readonly run: (id: string) => void,
  ) {
    this.undo = this.button('marks.undo', ICONS.undo);
    this.redo = this.button('marks.redo', ICONS.redo);
    this.element = h('nav', { class: 'toolbar', 'aria-label': 'Tools' });
    let group = TOOLS[0]?.group;
    for (const entry of TOOLS) {
      if (!isOffered(entry, acts)) continue;
      if (entry.group !== group) this.element.append(h('hr'));
      group = entry.group;
      const button = this.button(`tools.${entry.name}`, entry.icon);
      this.tools.set(entry.name, button);
      this.element.append(button);
    }
    this.element.append(
      h('hr'),
      this.button('picture.fit', ICONS.fit),
      this.button('picture.invert', ICONS.invert),
      this.button('picture.reset', ICONS.reset),
      h('hr'),
      this.undo,
      this.redo,
    );
  }

  update(): void {
    const { ui, mayEdit, workspace } = this.acts;
    for (const [id, button] of this.buttons) this.name(id, button);
    const undo = workspace.journal.canUndo;
    const redo = workspace.journal.canRedo;
    for (const entry of TOOLS) {
      const button = this.tools.get(entry.name);
      button?.setAttribute('aria-pressed', String(ui.now.tool === entry.name));
      if (button && entry.draws) button.disabled = !mayEdit;
    }
    this.undo.disabled = !mayEdit || undo === null;
    this.redo.disabled = !mayEdit || redo === null;
    this.undo.title = undo ? `Undo: ${undo} (${this.keyOf('marks.undo')})` : 'Nothing to undo';
    this.redo.title = redo ? `Redo: ${redo} (${this.keyOf('marks.redo')})` : 'Nothing to redo';
  }

  private keyOf(id: string): string {
    return this.commands.keysOf(id)[0] ?? 'no key';
  }

  /** Title and key; people change their keys while the page is open. */
  private name(id: string, button: HTMLButtonElement): void {
    const words = `${this.commands.get(id)?.title ?? id} (${this.keyOf(id)})`;
    if (button.getAttribute('aria-label') === words) return;
    button.setAttribute('aria-label', words);
    button.title = words;
  }

  private button(id: string, icon: string | undefined): HTMLButtonElement {
    const button = h(
      'button',
      { type: 'button', class: 'icon', onclick: () => this.run(id) },
      s('svg', { viewBox: '0 0 24 24', width: 20, height: 20 }, s('path', { d: icon ?? '', fill: 'currentColor' })),
    );
    this.name(id, button);
    this.buttons.set(id, button);
    return button;
  }
}
