/** All keys beside the picture, made from the commands; each can be changed by pressing the new one. */
import { COMMAND_GROUPS, type Command, type CommandGroup } from '../commands/command';
import { type CommandRegistry, keyName } from '../commands/registry';
import { MOUSE_PRESETS, mouseLines } from '../input/mouse';
import { h, setText } from '../page/dom';
import type { Lifetime } from '../page/lifetime';
import { type Preferences, TEXT_SIZES, type TextSize } from '../person/preferences';
import type { Acts } from '../store/acts';

const PRESETS = /^picture\.preset_/;
/** What no command does: the browser by itself, or the mouse with a key held. */
const BESIDES: Partial<Record<CommandGroup, readonly (readonly [string, string])[]>> = {
  Views: [['Alt + click or drag', 'Bring the other panes of the volume to a place']],
  Masks: [
    ['Alt + left drag', 'Erase with the brush'],
    ['Shift + wheel', 'Size of the brush'],
  ],
  Case: [['Tab, arrows, letters', 'Answer the questions']],
};

export class KeysPanel {
  readonly element: HTMLElement;
  private readonly list = h('div', { class: 'key-groups' });
  private readonly filter = h('input', {
    type: 'search',
    placeholder: 'Find a command or a key',
    'aria-label': 'Find a command or a key',
    oninput: () => this.build(),
  });
  private readonly said = h('p', { class: 'hint', role: 'status' });
  /** The command whose new key is waited for. */
  private asking: string | null = null;

  constructor(
    private readonly commands: CommandRegistry,
    private readonly preferences: Preferences,
    private readonly acts: Acts,
    lifetime: Lifetime,
  ) {
    this.element = h(
      'aside',
      { class: 'keys-panel', 'aria-label': 'Keys', hidden: true },
      h(
        'header',
        {},
        h('h2', {}, 'Keys, mouse, text'),
        h('button', { type: 'button', class: 'quiet', onclick: () => this.close() }, 'Close (?)'),
      ),
      this.filter,
      this.said,
      this.list,
    );
    lifetime.atEnd(preferences.subscribe(() => this.build()));
    // Before the page's own keys: the next press belongs to the command that asks.
    window.addEventListener('keydown', (event) => this.take(event), { capture: true, signal: lifetime.signal });
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  toggle(): void {
    if (this.isOpen) {
      this.close();
      return;
    }
    this.filter.value = '';
    this.build();
    this.element.hidden = false;
  }

  close(): void {
    this.asking = null;
    this.element.hidden = true;
    if (this.element.contains(document.activeElement)) (document.activeElement as HTMLElement).blur();
  }

  private build(): void {
    const { mouse } = this.preferences;
    setText(
      this.said,
      this.asking
        ? `Press the new key of “${this.commands.get(this.asking)?.title}”. Escape keeps the old one.`
        : 'Click a key to change it. Your keys and mouse follow you to every workstation.',
    );
    this.list.replaceChildren(
      ...COMMAND_GROUPS.map((group) => this.section(group)).filter((one) => one !== null),
      this.mouseSection(mouse.name),
      this.textSection(),
    );
  }

  private section(group: CommandGroup): HTMLElement | null {
    const wanted = this.filter.value.trim().toLowerCase();
    const commands = this.commands.all.filter(
      (command) =>
        command.group === group &&
        (command.isOffered?.(this.acts) ?? true) &&
        [command.title, ...this.commands.keysOf(command.id).map(shown)].some((words) =>
          words.toLowerCase().includes(wanted),
        ) &&
        // Nine alike are one line, unless somebody looks for them.
        (wanted !== '' || !PRESETS.test(command.id) || this.preferences.hasOwnKeys(command.id)),
    );
    const rows = commands.map((command) => this.row(command));
    if (wanted === '' && group === 'Picture') rows.unshift(line('1 – 9', 'Window presets'));
    if (wanted === '') rows.push(...(BESIDES[group] ?? []).map(([keys, words]) => line(keys, words)));
    return rows.length > 0 ? h('section', {}, h('h3', {}, group), h('ul', {}, ...rows)) : null;
  }

  private row(command: Command): HTMLElement {
    const keys = this.commands.keysOf(command.id);
    const own = this.preferences.hasOwnKeys(command.id);
    const asked = this.asking === command.id;
    return h(
      'li',
      { 'data-command': command.id },
      h('span', {}, command.title),
      h(
        'button',
        {
          type: 'button',
          class: `key${own ? ' own' : ''}${asked ? ' asking' : ''}`,
          'aria-label': `Key of ${command.title}: ${keys.map(shown).join(', ') || 'none'}. Change it`,
          onclick: () => this.ask(command.id),
        },
        asked ? 'press …' : keys.map(shown).join(', ') || 'none',
      ),
      own
        ? h(
            'button',
            {
              type: 'button',
              class: 'quiet',
              title: `Back to ${command.keys.map(shown).join(', ') || 'no key'}`,
              'aria-label': `Back to the shipped key of ${command.title}`,
              onclick: () => this.preferences.resetKeys(command.id),
            },
            '↺',
          )
        : null,
    );
  }

  private mouseSection(name: string): HTMLElement {
    const select = h(
      'select',
      { 'aria-label': 'Mouse', onchange: () => this.preferences.setMouse(select.value) },
      ...MOUSE_PRESETS.map((preset) =>
        h('option', { value: preset.name, selected: preset.name === name }, preset.title),
      ),
    );
    const preset = this.preferences.mouse;
    return h(
      'section',
      {},
      h('h3', {}, 'Mouse'),
      select,
      h('ul', {}, ...mouseLines(preset).map(([press, words]) => line(press, words))),
      this.preferences.hasAnyOwnKeys
        ? h(
            'button',
            { type: 'button', class: 'quiet', onclick: () => this.preferences.resetKeys() },
            'All keys as shipped',
          )
        : null,
    );
  }

  private textSection(): HTMLElement {
    const { text } = this.preferences;
    const select = h(
      'select',
      { 'aria-label': 'Text', onchange: () => this.preferences.setText(select.value as TextSize) },
      ...TEXT_SIZES.map((size) => h('option', { value: size, selected: size === text }, size)),
    );
    return h(
      'section',
      {},
      h('h3', {}, 'Text'),
      select,
      h('p', { class: 'hint' }, 'On all pages, on top of what the size of this screen asks for.'),
    );
  }

  private ask(id: string): void {
    this.asking = this.asking === id ? null : id;
    this.build();
  }

  private closeByKey(event: KeyboardEvent): void {
    event.preventDefault();
    event.stopImmediatePropagation();
    this.close();
  }

  private take(event: KeyboardEvent): void {
    if (!this.isOpen || MODIFIERS.has(event.key)) return;
    if (this.asking === null) {
      if (event.key === 'Escape') this.closeByKey(event);
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    const id = this.asking;
    this.asking = null;
    if (event.key === 'Escape') {
      this.build();
      return;
    }
    const key = keyName({
      key: event.key,
      ctrl: event.ctrlKey || event.metaKey,
      shift: event.shiftKey,
      alt: event.altKey,
    });
    const former = this.commands.all.find(
      (command) => command.id !== id && this.commands.keysOf(command.id).includes(key),
    );
    this.preferences.setKey(id, key);
    const title = this.commands.get(id)?.title ?? id;
    const left = former && this.commands.keysOf(former.id).length === 0 ? ', which has none now' : '';
    const taken = former ? ` It was ${former.title}’s${left}.` : '';
    setText(this.said, `${shown(key)} means “${title}” now.${taken}`);
  }
}

const MODIFIERS = new Set(['Shift', 'Control', 'Alt', 'Meta', 'CapsLock', 'Tab', 'Dead', 'AltGraph']);

function line(keys: string, words: string): HTMLElement {
  return h('li', {}, h('span', {}, words), h('span', { class: 'key fixed' }, keys));
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
