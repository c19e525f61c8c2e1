/** All keys on one sheet, made from the commands, so that it shows a person's own keys. */
import { COMMAND_GROUPS, type CommandGroup } from '../commands/command';
import type { CommandRegistry } from '../commands/registry';
import { h } from '../page/dom';

/** What the mouse does, and what is a key of the browser rather than of a command. */
const BESIDES: Partial<Record<CommandGroup, readonly (readonly [string, string])[]>> = {
  Slices: [
    ['Wheel', 'One slice'],
    ['Double click', 'One pane large, and back'],
  ],
  Picture: [
    ['Right drag', 'Window'],
    ['Ctrl or middle drag, Ctrl + wheel', 'Zoom'],
    ['Shift drag', 'Move'],
  ],
  Case: [['Tab, arrows, letters', 'Answer the questions']],
};

const PRESETS = /^picture\.preset_/;

export class HelpOverlay {
  readonly element: HTMLDialogElement;
  private readonly sheet = h('div', { class: 'key-sheet' });

  constructor(private readonly commands: CommandRegistry) {
    this.element = h(
      'dialog',
      { class: 'help', 'aria-label': 'Keys' },
      h('h2', {}, 'Keys'),
      this.sheet,
      h('button', { type: 'button', onclick: () => this.element.close() }, 'Close'),
    );
  }

  show(): void {
    this.sheet.replaceChildren(...COMMAND_GROUPS.map((group) => this.section(group)));
    this.element.showModal();
  }

  private section(group: CommandGroup): HTMLElement {
    const lines = this.commands.all
      .filter((command) => command.group === group && !PRESETS.test(command.id))
      .map((command) => [this.commands.keysOf(command.id).map(shown).join(', '), command.title] as const)
      .filter(([keys]) => keys !== '');
    const presets = group === 'Picture' ? [['1 – 9', 'Window presets'] as const] : [];
    return h(
      'section',
      {},
      h('h3', {}, group),
      h(
        'dl',
        {},
        ...[...presets, ...lines, ...(BESIDES[group] ?? [])].flatMap(([keys, words]) => [
          h('dt', {}, keys),
          h('dd', {}, words),
        ]),
      ),
    );
  }
}

const SIGNS: Record<string, string> = {
  ArrowDown: '↓',
  ArrowUp: '↑',
  ArrowLeft: '←',
  ArrowRight: '→',
  PageDown: 'Page Down',
  PageUp: 'Page Up',
  Escape: 'Esc',
};

function shown(key: string): string {
  return key
    .split(/(?<=.)\+/)
    .map((part) => SIGNS[part] ?? part)
    .join(' + ');
}
