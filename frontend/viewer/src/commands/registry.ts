/** All commands, and which key means which. */
import type { Command } from './command';

export interface Pressed {
  key: string;
  /** The key's place on the keyboard, as KeyboardEvent.code. */
  code?: string;
  ctrl: boolean;
  shift: boolean;
  alt: boolean;
  repeat: boolean;
  /** Where the keyboard is: a field that takes text, another control, or the picture. */
  focus: 'text' | 'control' | 'page';
}

/** How a key is written: modifiers in the order Ctrl, Alt, Shift; letters large; Shift only where the key does not show it. */
export function keyName({ key, ctrl, shift, alt }: Omit<Pressed, 'repeat' | 'focus'>): string {
  const isLetter = /^\p{L}$/u.test(key);
  const name = key === ' ' ? 'Space' : isLetter ? key.toUpperCase() : key;
  const showsShift = shift && (isLetter || key.length > 1 || key === ' ');
  return [ctrl && 'Ctrl', alt && 'Alt', showsShift && 'Shift', name].filter(Boolean).join('+');
}

export class CommandRegistry {
  private readonly byId = new Map<string, Command>();
  private byKey = new Map<string, Command>();
  /** Keys that a person chose instead of the shipped ones, by command. */
  private own: Readonly<Record<string, readonly string[]>> = {};

  constructor(commands: readonly Command[]) {
    for (const command of commands) {
      if (this.byId.has(command.id)) throw new Error(`Two commands are called ${command.id}.`);
      this.byId.set(command.id, command);
    }
    this.bind({});
  }

  /** Take a person's own keys. A key of theirs is taken from the command that was shipped with it. */
  bind(own: Readonly<Record<string, readonly string[]>>): void {
    this.own = own;
    this.byKey = new Map();
    for (const command of this.all) if (!own[command.id]) this.bindKeys(command, command.keys);
    for (const command of this.all) this.bindKeys(command, own[command.id] ?? []);
  }

  get all(): Command[] {
    return [...this.byId.values()];
  }

  get(id: string): Command | undefined {
    return this.byId.get(id);
  }

  /** The keys that mean a command now. */
  keysOf(id: string): string[] {
    const command = this.byId.get(id);
    const wished = this.own[id] ?? command?.keys ?? [];
    return wished.filter((key) => this.byKey.get(key) === command);
  }

  /** What a press of a key asks for; null leaves it to the browser. */
  find(pressed: Pressed): Command | null {
    const command = this.commandOf(pressed);
    if (!command) return null;
    if (pressed.focus === 'text' && !command.inFields) return null;
    // Tab has led to a control: arrows, letters and the space bar are its own.
    if (pressed.focus === 'control' && !(command.onControls || command.inFields || pressed.ctrl)) return null;
    return pressed.repeat && !command.repeats ? null : command;
  }

  private commandOf(pressed: Pressed): Command | undefined {
    const found = this.byKey.get(keyName(pressed));
    // Shift and a digit write another character on most keyboards, and the digit itself on some.
    const digit = pressed.shift && !pressed.ctrl && !pressed.alt && /^Digit(\d)$/.exec(pressed.code ?? '')?.[1];
    if (!found && digit) return this.byKey.get(`Shift+${digit}`);
    // Alt and a letter write another character on a Mac.
    const letter = pressed.alt && !pressed.ctrl && !pressed.shift && /^Key([A-Z])$/.exec(pressed.code ?? '')?.[1];
    if (!found && letter) return this.byKey.get(`Alt+${letter}`);
    // Caps, or Shift held by chance: the letter means what it means alone, unless that key has a command of its own.
    return (
      found ?? (pressed.shift && !pressed.ctrl ? this.byKey.get(keyName({ ...pressed, shift: false })) : undefined)
    );
  }

  private bindKeys(command: Command, keys: readonly string[]): void {
    for (const key of keys) this.byKey.set(key, command);
  }
}
