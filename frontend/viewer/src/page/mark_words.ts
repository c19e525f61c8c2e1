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
  return [...sizes, ...enclosed, ...inLines(mark.note ?? '')];
}

/** Words in lines short enough to stand beside a mark. */
export function inLines(words: string, longest = 38): string[] {
  const lines: string[] = [];
  for (const word of words.split(' ').filter(Boolean)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= longest) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
