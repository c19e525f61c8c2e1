/** Where the keyboard is: fields keep their own keys; every act goes through the page's commands. */
import type { CommandRegistry, Pressed } from '../commands/registry';

/**
 * Where the keyboard is. A control counts only when Tab has led to it: after a click the keys are the picture's.
 *
 * Not by :focus-visible, which browsers also answer with yes after a click when a key was pressed before.
 */
export function focusOf(element: Element | null, ledByTab: boolean): Pressed['focus'] {
  if (!element || element === document.body) return 'page';
  const isChoice = element instanceof HTMLInputElement && ['radio', 'checkbox'].includes(element.type);
  if (!isChoice && element.matches('input, textarea')) return 'text';
  if (!isChoice && element.matches('select')) return ledByTab ? 'text' : 'page';
  // A form takes the keys that are its own before they come here, however it was come to.
  if (isChoice && element.closest('.label-form')) return 'page';
  return ledByTab && element.matches('input, button, a, summary') ? 'control' : 'page';
}

/** What the page tells the keyboard about itself. */
export interface Keyboarded {
  readonly commands: CommandRegistry;
  /** Nothing of the page takes keys now: somebody signs in again, or a dialog is open. */
  readonly isAsleep: boolean;
  /** The tool in hand paints masks, and erases while Alt is held. */
  readonly erasesWithAlt: boolean;
  run(id: string): void;
}

/** Keys of one case, from when it is on the page until it is left. */
export class Keyboard {
  /** Tab has led to what has the focus; a click or a command sets it back. */
  ledByTab = false;

  constructor(
    private readonly page: Keyboarded,
    signal: AbortSignal,
  ) {
    const led = (event: KeyboardEvent): void => {
      this.ledByTab = this.ledByTab || event.key === 'Tab';
    };
    const clicked = (): void => {
      this.ledByTab = false;
    };
    window.addEventListener('pointerdown', clicked, { capture: true, signal });
    window.addEventListener('keydown', led, { capture: true, signal });
    window.addEventListener('keydown', (event) => this.press(event), { signal });
  }

  private press(event: KeyboardEvent): void {
    if (event.defaultPrevented || this.page.isAsleep) return;
    // Let go alone it would open the menu of some browsers.
    if (event.key === 'Alt' && this.page.erasesWithAlt) event.preventDefault();
    const command = this.page.commands.find({
      key: event.key,
      code: event.code,
      ctrl: event.ctrlKey || event.metaKey,
      shift: event.shiftKey,
      alt: event.altKey,
      repeat: event.repeat,
      focus: focusOf(document.activeElement, this.ledByTab),
    });
    if (!command) return;
    event.preventDefault();
    this.page.run(command.id);
  }
}
