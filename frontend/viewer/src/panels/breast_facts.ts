/**
 * What checks of a breast's form may ask beside its answers. Pure.
 *
 * The twin of breast_facts and findings_of_breast in annotator/labels/birads_breast.py: the same cases check both
 * (tests/annotator/labels/breast_fact_cases.json).
 */
import type { Answers } from './form_conditions';

/** A finding with the sides that its marks' pictures show, and the laterality answered of it. */
export interface SeenFinding {
  sides: readonly string[];
  answered: string | null;
}

const BREASTS: Readonly<Record<string, string>> = { L: 'left breast', R: 'right breast' };
const SIDE_OF: Readonly<Record<string, string>> = { left: 'L', right: 'R' };

export function breastFacts(breast: 'L' | 'R', findings: readonly SeenFinding[]): Answers {
  const sides = findings.map(sideOf);
  const certain = sides.filter((side) => side === breast).length;
  const possible = sides.filter((side) => side === breast || side === '').length;
  const words = certain === 1 ? 'a finding is' : `${certain} findings are`;
  return { '@breast': BREASTS[breast] as string, '@certain': certain, '@possible': possible, '@findings': words };
}

/** By the pictures that its marks lie on, else as answered; "" where neither says. */
function sideOf({ sides, answered }: SeenFinding): string {
  const shown = new Set(sides);
  const [only = ''] = shown;
  if (shown.size === 1 && only in BREASTS) return only;
  return SIDE_OF[answered ?? ''] ?? '';
}
