/** Which window a frame is first shown with, and how windows become ranges. Pure. */
import type { FrameJson, LookupTable, Preset, StackJson, VoiFunction, Window } from './pictures';

export interface Range {
  lower: number;
  upper: number;
}

/** The values shown black and white: PS3.3 C.11.2.1.2 for LINEAR, C.11.2.1.3.2 for LINEAR_EXACT. */
export function windowRange(window: Window): Range {
  const { centre, width } = window;
  if ((window.function ?? 'LINEAR') === 'LINEAR' && width > 1) {
    return { lower: centre - 0.5 - (width - 1) / 2, upper: centre - 0.5 + (width - 1) / 2 };
  }
  return { lower: centre - width / 2, upper: centre + width / 2 };
}

/** The window that the object asks for, else the stack's default, else its first preset, else none. */
export function initialWindow(stack: StackJson, frame: FrameJson): Window | null {
  if (frame.colour) return null;
  if (frame.windows[0]) return frame.windows[0];
  const table = voiTableOf(stack, frame);
  if (table) {
    const white = 2 ** table.bits - 1;
    return { centre: white / 2, width: white, name: 'VOI table', function: 'LINEAR_EXACT' };
  }
  if (frame.voi_lut) {
    const width = frame.voi_lut.values.length;
    return { centre: frame.voi_lut.first + width / 2, width, name: 'VOI table, linear', function: 'LINEAR' };
  }
  return stack.default_window ?? stack.presets[0] ?? null;
}

/**
 * The VOI table that a frame's values go through before they are windowed, when the object has no window of its own.
 * Not where presets are given in the units that the table would replace: there the table's span is shown straight.
 *
 * Source: DICOM PS3.3 C.11.2.1.1.
 */
export function voiTableOf(stack: StackJson, frame: FrameJson): LookupTable | null {
  return frame.colour || frame.windows.length > 0 || stack.presets.length > 0 ? null : frame.voi_lut;
}

/** The name of a window: its own, else that of the preset it equals. */
export function windowName(window: Window, presets: readonly Preset[]): string {
  const preset = presets.find((p) => p.centre === window.centre && p.width === window.width);
  return preset?.name ?? (window.name === 'dragged' ? '' : (window.name ?? ''));
}

/** A window over the values present, for objects that say nothing. */
export function fullRangeWindow(minimum: number, maximum: number): Window {
  return { centre: (minimum + maximum + 1) / 2, width: Math.max(1, maximum - minimum + 1), name: 'full range' };
}

/** The window after a drag: to the right wider, downwards darker, at a speed that follows the width. */
export function draggedWindow(start: Window, dx: number, dy: number, fine: boolean): Window {
  const speed = Math.max(start.width, 20) / (fine ? 1600 : 400);
  const smallest = start.width < 4 ? 0.01 : 1;
  const name = 'dragged';
  const fn: VoiFunction = start.function ?? 'LINEAR';
  return {
    centre: round(start.centre + dy * speed, start.width),
    width: Math.max(smallest, round(start.width + dx * speed, start.width)),
    name,
    function: fn,
  };
}

function round(value: number, width: number): number {
  return width >= 20 ? Math.round(value) : Math.round(value * 1000) / 1000;
}
