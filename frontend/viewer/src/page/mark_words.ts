/** What stands under a mark's name at the picture: its size, and for what encloses something on a CT its values. */
import { measuresOf, sizeWords } from '../marks/measures';
import type { ShownMark } from '../pane/marks_layer';
import type { Pane } from '../pane/pane';
import type { MarkValues } from './mark_values';

/** Measuring kinds always say what they measure; the others while they are selected, or the picture would be full of words. */
const ALWAYS: ReadonlySet<string> = new Set(['length', 'bidirectional', 'angle']);

export function wordsAt(pane: Pane, mark: ShownMark, values: MarkValues): string[] {
  const { frame } = pane;
  if (!frame || mark.points.length === 0 || !(mark.selected || ALWAYS.has(mark.kind))) return [];
  const sizes = sizeWords(measuresOf(mark.kind, mark.points, frame.geometry, mark.mask));
  if (!mark.selected) return sizes;
  const enclosed = values.words({ ...mark, frame: frame.key }).slice(0, 1);
  // The list says why: here it would hide what it is about.
  return [...sizes, ...enclosed, ...(mark.note ? ['⚠ may not fit'] : [])];
}
