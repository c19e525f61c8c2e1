/** How a pane presents its stack: through one window or three, one slice or a slab, as acquired or reformatted. Pure. */
import type { Preset, StackJson } from './pictures';

export type Composition = 'window' | 'three-window';
export type SlabMode = 'none' | 'maximum' | 'average' | 'minimum';
export type PlaneName = 'acquired' | 'axial' | 'coronal' | 'sagittal';

export interface Slab {
  mode: SlabMode;
  /** How many slices it is made of, the shown one in its middle. */
  slices: number;
}

export interface Presentation {
  composition: Composition;
  slab: Slab;
  plane: PlaneName;
  /** The name of the window preset to begin with; else the picture's own window. */
  preset?: string;
}

export const PLAIN: Presentation = { composition: 'window', slab: { mode: 'none', slices: 5 }, plane: 'acquired' };

export const SLAB_MODES: readonly SlabMode[] = ['none', 'maximum', 'average', 'minimum'];
const THICKEST_SLAB = 51;

/** Nothing but a slice in its window: what the plain way of showing can do. */
export function isPlain({ composition, slab, plane }: Presentation): boolean {
  return composition === 'window' && slab.mode === 'none' && plane === 'acquired';
}

/** The presets of the three-window picture in the order red, green, blue; none where the server names none. */
export function threeWindows(stack: StackJson): readonly Preset[] | null {
  const named = stack.three_windows.map((name) => stack.presets.find((preset) => preset.name === name));
  return named.length === 3 && named.every((preset) => preset !== undefined) ? (named as Preset[]) : null;
}

/** Why a stack can't be shown through three windows; "" where it can. */
export function threeWindowRefusal(stack: StackJson): string {
  return threeWindows(stack) ? '' : 'Three windows need a CT in Hounsfield units.';
}

/** Why no slab can be made of a stack; "" where it can. */
export function slabRefusal(stack: StackJson): string {
  if (stack.frames.some((frame) => frame.colour)) return 'A slab can’t be made of colour pictures.';
  return stack.kind === 'volume' && stack.frames.length > 1 ? '' : 'A slab needs several slices.';
}

export interface SlabRange {
  /** Indices, ends included. */
  first: number;
  last: number;
}

/** The slices of a slab around one, cut off at the ends of the stack. */
export function slabRange(index: number, slices: number, count: number): SlabRange {
  const before = Math.floor((slices - 1) / 2);
  return { first: Math.max(0, index - before), last: Math.min(count - 1, index - before + slices - 1) };
}

/** The next thickness in the wanted direction: odd numbers, so that the shown slice lies in the middle. */
export function nextThickness(slices: number, by: 1 | -1, count: number): number {
  const odd = slices % 2 === 0 ? slices - by : slices;
  return Math.max(3, Math.min(odd + 2 * by, THICKEST_SLAB, count % 2 === 0 ? count - 1 : count));
}

export const SLAB_WORDS: Record<SlabMode, string> = {
  none: 'One slice',
  maximum: 'MIP',
  average: 'Average',
  minimum: 'MinIP',
};

/**
 * What a pane says of its slab: "MIP 5 slices, 3.1 mm".
 *
 * @param step millimetres from slice to slice, where they are known.
 * @param noun what is counted: slices, or planes of a reformatted volume.
 */
export function slabWords(mode: SlabMode, slices: number, step: number | null, noun = 'slices'): string {
  const thick = step === null ? '' : `, ${(slices * step).toFixed(1)} mm`;
  return `${SLAB_WORDS[mode]} ${slices} ${noun}${thick}`;
}
