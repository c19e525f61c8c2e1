/** What an answer is about: the case, a finding, a breast, or a range of slices. Pure. */
import type { Manifest } from '../model/manifest';
import type { StackJson } from '../model/pictures';
import type { SchemaJson } from '../model/questions';
import type { Answer } from '../model/reading';

export type Breast = 'R' | 'L';

export type Target =
  | { kind: 'case' }
  | { kind: 'finding'; finding: string }
  | { kind: 'breast'; breast: Breast }
  /** A range is known by its record: its ends move, and it stays the same answer. */
  | { kind: 'slices'; id: string; first: string; last: string };

export const CASE: Target = { kind: 'case' };
export const BREAST_WORDS: Record<Breast, string> = { R: 'Right breast', L: 'Left breast' };

export const ofFinding = (finding: string): Target => ({ kind: 'finding', finding });
export const ofBreast = (breast: Breast): Target => ({ kind: 'breast', breast });

/** The target as an answer's record has it. */
export function fieldsOf(target: Target): Pick<Answer, 'finding' | 'breast' | 'first_frame' | 'last_frame'> {
  return {
    finding: target.kind === 'finding' ? target.finding : null,
    breast: target.kind === 'breast' ? target.breast : '',
    first_frame: target.kind === 'slices' ? target.first : null,
    last_frame: target.kind === 'slices' ? target.last : null,
  };
}

/** What a record is about. Those from before there were breasts and ranges are of a finding or the case. */
export function targetOf(answer: Answer): Target {
  if (answer.finding) return ofFinding(answer.finding);
  if (answer.breast) return ofBreast(answer.breast);
  if (answer.first_frame && answer.last_frame)
    return { kind: 'slices', id: answer.id, first: answer.first_frame, last: answer.last_frame };
  return CASE;
}

export function isAbout(answer: Answer, target: Target): boolean {
  return keyOf(targetOf(answer)) === keyOf(target);
}

export function findingOf(target: Target): string | null {
  return target.kind === 'finding' ? target.finding : null;
}

/** The same words for the same target, different ones for different ones. */
export function keyOf(target: Target): string {
  if (target.kind === 'finding') return target.finding;
  if (target.kind === 'breast') return `breast ${target.breast}`;
  return target.kind === 'slices' ? target.id : 'case';
}

/** The schemas that ask about such a target now; those of old versions only show what was answered under them. */
export function schemasFor(manifest: Manifest, kind: Target['kind']): SchemaJson[] {
  return manifest.schemas.filter((s) => s.current !== false && s.definition.applies_to === kind);
}

/** The breasts of which the study that is read has pictures, the right one first, as it hangs. */
export function breastsShown(manifest: Manifest): Breast[] {
  const read = manifest.stacks.filter((s) => s.prior === 0);
  const has = (s: StackJson, sides: string): boolean => s.laterality !== '' && sides.includes(s.laterality);
  // Where no file says which side it is, either may be shown.
  if (!read.some((s) => has(s, 'RLB'))) return ['R', 'L'];
  return (['R', 'L'] as const).filter((side) => read.some((s) => has(s, `${side}B`)));
}
