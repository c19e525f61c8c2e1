/** What the mouse's buttons and wheel do: three presets, so that a reader's hand finds what it knows. Pure. */

/** "tool": the chosen tool. */
export type DragAct = 'tool' | 'window' | 'zoom' | 'pan' | 'scroll';
export type WheelAct = 'scroll' | 'zoom';

export interface MousePreset {
  name: string;
  title: string;
  left: DragAct;
  middle: DragAct;
  right: DragAct;
  ctrlLeft: DragAct;
  shiftLeft: DragAct;
  wheel: WheelAct;
  ctrlWheel: WheelAct;
}

const COMMON = { left: 'tool', ctrlLeft: 'zoom', shiftLeft: 'pan', wheel: 'scroll', ctrlWheel: 'zoom' } as const;

/** The names are kept on the server (annotator/accounts/viewer_preferences.py). The first is the shipped one. */
export const MOUSE_PRESETS: readonly [MousePreset, ...MousePreset[]] = [
  {
    ...COMMON,
    name: 'right_windows',
    title: 'Right windows, middle zooms',
    middle: 'zoom',
    right: 'window',
  },
  {
    ...COMMON,
    name: 'right_zooms',
    title: 'Right zooms, middle moves (as OHIF)',
    middle: 'pan',
    right: 'zoom',
  },
  {
    ...COMMON,
    name: 'middle_windows',
    title: 'Middle windows, right scrolls',
    middle: 'window',
    right: 'scroll',
  },
];

export function mousePreset(name: string): MousePreset {
  return MOUSE_PRESETS.find((preset) => preset.name === name) ?? MOUSE_PRESETS[0];
}

export interface Pressing {
  button: number;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
}

/** What a press of a button starts; null for a button that does nothing. */
export function dragAct(preset: MousePreset, { button, ctrlKey, metaKey, shiftKey }: Pressing): DragAct | null {
  if (button === 2) return preset.right;
  if (button === 1) return preset.middle;
  if (button !== 0) return null;
  if (ctrlKey || metaKey) return preset.ctrlLeft;
  return shiftKey ? preset.shiftLeft : preset.left;
}

const WORDS: Record<DragAct, string> = {
  tool: 'The chosen tool',
  window: 'Window',
  zoom: 'Zoom',
  pan: 'Move',
  scroll: 'Scroll',
};

/** A preset as lines of the sheet of keys. */
export function mouseLines(preset: MousePreset): [string, string][] {
  const wheel: Record<WheelAct, string> = { scroll: 'One slice', zoom: 'Zoom' };
  return [
    ['Left drag', WORDS[preset.left]],
    ['Middle drag', WORDS[preset.middle]],
    ['Right drag', WORDS[preset.right]],
    ['Ctrl + left drag', WORDS[preset.ctrlLeft]],
    ['Shift + left drag', WORDS[preset.shiftLeft]],
    ['Wheel', wheel[preset.wheel]],
    ['Ctrl + wheel', wheel[preset.ctrlWheel]],
    ['Double click', 'One pane large, and back'],
  ];
}
