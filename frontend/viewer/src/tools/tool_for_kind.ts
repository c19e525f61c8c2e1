/** The tool that draws a kind of mark. */
import type { MarkKind } from '../model/reading';
import type { Acts } from '../store/acts';
import type { ToolEntry } from './registry';

const OTHERWISE_NAMED: Partial<Record<MarkKind, string>> = { mask: 'brush', slices: 'select' };

const KIND_OF_TOOL: Readonly<Record<string, MarkKind>> = {
  box: 'box',
  span_box: 'box',
  ellipse: 'ellipse',
  contour: 'contour',
  polygon: 'contour',
  livewire: 'contour',
  outline: 'contour',
  spline: 'spline',
  brush: 'mask',
  eraser: 'mask',
  threshold_brush: 'mask',
  split: 'mask',
  length: 'length',
  bidirectional: 'bidirectional',
  angle: 'angle',
  point: 'point',
  arrow: 'arrow',
};

/** Whether a reading that allows these kinds of marks offers a tool; null allows all. */
export function offersTool(tool: string, allowed: readonly string[] | null): boolean {
  const kind = KIND_OF_TOOL[tool];
  return kind === undefined || allowed === null || allowed.includes(kind);
}

/** Whether this person in this reading has a tool at all. */
export function isOffered({ name, reviews, suggests }: ToolEntry, acts: Acts): boolean {
  if (reviews && !acts.review?.mayReview) return false;
  if (suggests && !acts.outlining) return false;
  return offersTool(name, acts.manifest.reading.mark_kinds);
}

export function toolFor(kind: MarkKind): string {
  return OTHERWISE_NAMED[kind] ?? kind;
}
