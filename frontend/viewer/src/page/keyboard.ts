/** Where the keyboard is: fields keep their own keys; every act goes through the page's commands. */
import type { Pressed } from '../commands/registry';

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
