/** What marks are coloured and listed by: the number of their finding, or their words. */
import type { Annotation, Finding } from '../model/reading';
import { findingColour } from '../panels/palette';
import type { Acts } from './acts';

/** By its number, so that deleting one finding leaves the colours of the others; before it has one, by the next. */
export function colourOf(finding: Finding, all: readonly Finding[]): string {
  return findingColour(numberOf(finding, all) - 1);
}

/** The server's number, or the one that it will most likely get. */
export function numberOf(finding: Finding, all: readonly Finding[]): number {
  if (finding.number > 0) return finding.number;
  const highest = Math.max(0, ...all.map((f) => f.number));
  const waiting = all.filter((f) => f.number === 0).findIndex((f) => f.id === finding.id);
  return highest + 1 + Math.max(0, waiting);
}

/** What a mark is called when colours go by label: its own words, else what its finding is. */
export function wordsOf(mark: Annotation, acts: Acts): string {
  if (mark.label) return mark.label;
  const kind = mark.finding ? acts.workspace.records.get('finding', mark.finding)?.kind : undefined;
  return acts.manifest.finding_kinds.find((k) => k.value === kind)?.label ?? kind ?? '';
}

/** Every word in use in the case, in the order in which they came: a new one leaves the colours of the others. */
export function labelsInUse(acts: Acts): string[] {
  const words = acts.workspace.records.live('annotation').map((mark) => wordsOf(mark, acts));
  return [...new Set(words)].filter(Boolean);
}
