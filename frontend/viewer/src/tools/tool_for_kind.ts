/** The tool that draws a kind of mark. */
import type { MarkKind } from '../model/types';

const OTHERWISE_NAMED: Partial<Record<MarkKind, string>> = { mask: 'brush', slices: 'select' };

export function toolFor(kind: MarkKind): string {
  return OTHERWISE_NAMED[kind] ?? kind;
}
