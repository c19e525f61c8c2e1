/** Keys of the page. Fields keep their own keys; every act goes through the page's commands. */

export type Command =
  | { name: 'step'; by: number }
  | { name: 'end'; last: boolean }
  | { name: 'preset'; key: string }
  | { name: 'tool'; tool: 'select' | 'window' | 'zoom' | 'pan' | 'box' | 'contour' }
  | { name: 'speed'; by: 1 | -1 }
  | { name: 'mark'; by: 1 | -1 }
  | {
      name:
        | 'fit'
        | 'invert'
        | 'reset'
        | 'marks'
        | 'overlays'
        | 'play'
        | 'undo'
        | 'redo'
        | 'delete'
        | 'copy'
        | 'link'
        | 'unlink'
        | 'accept'
        | 'reject'
        | 'submit'
        | 'next'
        | 'help'
        | 'escape'
        | 'pane';
    };

const LETTERS: Record<string, Command> = {
  v: { name: 'tool', tool: 'select' },
  w: { name: 'tool', tool: 'window' },
  z: { name: 'tool', tool: 'zoom' },
  p: { name: 'tool', tool: 'pan' },
  b: { name: 'tool', tool: 'box' },
  c: { name: 'tool', tool: 'contour' },
  f: { name: 'fit' },
  i: { name: 'invert' },
  r: { name: 'reset' },
  m: { name: 'marks' },
  o: { name: 'overlays' },
  d: { name: 'copy' },
  l: { name: 'link' },
  u: { name: 'unlink' },
  a: { name: 'accept' },
  x: { name: 'reject' },
  s: { name: 'submit' },
  n: { name: 'next' },
  q: { name: 'pane' },
  j: { name: 'mark', by: 1 },
  k: { name: 'mark', by: -1 },
  '?': { name: 'help' },
  ' ': { name: 'play' },
  ',': { name: 'speed', by: -1 },
  '.': { name: 'speed', by: 1 },
  ArrowDown: { name: 'step', by: 1 },
  ArrowRight: { name: 'step', by: 1 },
  ArrowUp: { name: 'step', by: -1 },
  ArrowLeft: { name: 'step', by: -1 },
  PageDown: { name: 'step', by: 10 },
  PageUp: { name: 'step', by: -10 },
  Home: { name: 'end', last: false },
  End: { name: 'end', last: true },
  Delete: { name: 'delete' },
  Backspace: { name: 'delete' },
  Escape: { name: 'escape' },
};

export interface Pressed {
  key: string;
  ctrl: boolean;
  shift: boolean;
  alt: boolean;
  repeat: boolean;
  /** Where the keyboard is: a field that takes text, another control, or the picture. */
  focus: 'text' | 'control' | 'page';
}

/** What a press of a key asks for; null leaves it to the browser. */
export function commandFor(pressed: Pressed): Command | null {
  const { key, ctrl, shift, alt, focus } = pressed;
  if (alt) return null;
  if (ctrl) return commandWithCtrl(key, shift, focus);
  if (focus === 'text') return key === 'Escape' ? { name: 'escape' } : null;
  // Tab has led to a control: arrows, letters and the space bar are its own.
  if (focus === 'control' && key !== 'Escape' && key !== 'Delete') return null;
  if (/^[1-9]$/.test(key)) return { name: 'preset', key };
  const command = LETTERS[key] ?? LETTERS[key.toLowerCase()] ?? null;
  const once = command && !['step', 'mark', 'speed'].includes(command.name);
  return once && pressed.repeat ? null : command;
}

function commandWithCtrl(key: string, shift: boolean, focus: Pressed['focus']): Command | null {
  const letter = key.toLowerCase();
  // A text field's own undo comes first.
  if (letter === 'z' && focus !== 'text') return { name: shift ? 'redo' : 'undo' };
  if (letter === 'y' && focus !== 'text') return { name: 'redo' };
  if (key === 'Enter') return { name: 'submit' };
  return null;
}

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
  return ledByTab && element.matches('input, button, a, summary') ? 'control' : 'page';
}
