/** How the person likes this page: own keys, the mouse, the size of words. Kept by the server, so that they follow to every workstation. */
import type { CommandRegistry } from '../commands/registry';
import { type MousePreset, mousePreset } from '../input/mouse';
import { forgetTextScale } from '../page/text_scale';

export interface PreferencesJson {
  keys: Record<string, string[]>;
  mouse: string;
  text: TextSize;
}

/** On top of what the size of the screen asks for; see styles/text_size.css. */
export const TEXT_SIZES = ['small', 'normal', 'large'] as const;
export type TextSize = (typeof TEXT_SIZES)[number];

export class Preferences {
  private content: PreferencesJson;
  private readonly listeners = new Set<() => void>();
  /** What the server hasn't been told yet, while it is being told what was before. */
  private waiting: PreferencesJson | null = null;
  private isTelling = false;
  /** Said when the server could not keep them. */
  onTrouble: (words: string) => void = () => undefined;

  /**
   * @param save tells the server; resolves to words when it could not.
   */
  constructor(
    given: Partial<PreferencesJson>,
    private readonly commands: CommandRegistry,
    private readonly save: (content: PreferencesJson) => Promise<string | null>,
  ) {
    this.content = { keys: given.keys ?? {}, mouse: given.mouse ?? '', text: given.text ?? 'normal' };
    commands.bind(this.content.keys);
  }

  get mouse(): MousePreset {
    return mousePreset(this.content.mouse);
  }

  get text(): TextSize {
    return this.content.text;
  }

  /** The page itself bears it from the server on, so that nothing jumps. */
  setText(text: TextSize): void {
    document.documentElement.dataset.text = text;
    forgetTextScale();
    this.change({ ...this.content, text });
  }

  hasOwnKeys(command: string): boolean {
    return command in this.content.keys;
  }

  get hasAnyOwnKeys(): boolean {
    return Object.keys(this.content.keys).length > 0;
  }

  setMouse(name: string): void {
    this.change({ ...this.content, mouse: name });
  }

  /** One key for a command, in place of those it has. */
  setKey(command: string, key: string): void {
    this.change({ ...this.content, keys: { ...this.content.keys, [command]: [key] } });
  }

  /** The shipped keys of one command, or of all. */
  resetKeys(command?: string): void {
    const { [command ?? '']: _gone, ...rest } = this.content.keys;
    this.change({ ...this.content, keys: command === undefined ? {} : rest });
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private change(content: PreferencesJson): void {
    this.content = content;
    this.commands.bind(content.keys);
    for (const listener of this.listeners) listener();
    this.waiting = content;
    if (!this.isTelling) void this.tell();
  }

  /** The page goes: tell what still waits. The server takes what it is told last. */
  flush(): void {
    const { waiting } = this;
    this.waiting = null;
    if (waiting) void this.save(waiting);
  }

  /** One after the other: of two on their way the server might keep the earlier one. */
  private async tell(): Promise<void> {
    this.isTelling = true;
    while (this.waiting) {
      const content = this.waiting;
      this.waiting = null;
      const trouble = await this.save(content);
      if (trouble && !this.waiting) this.onTrouble(`Your keys, mouse and text hold for this page only: ${trouble}`);
    }
    this.isTelling = false;
  }
}
