/** Points that mark a caliper in an ultrasound picture: such a label trains networks and is painted out of exports. */
import type { Manifest } from '../model/manifest';
import type { Suggestion } from '../model/reading';
import type { Acts } from './acts';
import { changeable } from './mark_acts';

/** As models and exports call it: annotator/datasets/preprocessing. */
export const CALIPER = 'caliper';

/** Where pictures have calipers: ultrasound, and whatever a model finds some in. */
export function hasCalipers(manifest: Manifest, suggestions: ReadonlyMap<string, Suggestion>): boolean {
  return manifest.case.modality === 'US' || [...suggestions.values()].some(({ label }) => label === CALIPER);
}

/** Say what the next points are: "" or CALIPER. */
export function nameNextPoints({ ui, person }: Acts, label: string): void {
  ui.set({ pointLabel: label });
  rememberPointLabel(person, label);
}

/**
 * Make the selected point a caliper, and the next ones too; again, and they are plain points. Where no point is selected
 * the next ones alone.
 *
 * @returns what they are from now on.
 */
export function switchCaliper(acts: Acts): string {
  const chosen = changeable(acts, acts.ui.now.selectedMark);
  const mark = chosen?.kind === 'point' ? chosen : null;
  const isOne = mark ? mark.label === CALIPER : acts.ui.now.tool === 'point' && acts.ui.now.pointLabel === CALIPER;
  const label = isOne ? '' : CALIPER;
  if (mark) {
    const words = isOne ? 'call it a point' : 'call it a caliper';
    acts.workspace.commit(words, [{ kind: 'annotation', id: mark.id, state: { ...mark, label } }]);
  }
  nameNextPoints(acts, label);
  return label;
}

const address = (person: string): string => `reading-room.point-label.${person}`;

/** What this person's points were last, in this window. */
export function lastPointLabel(person: string): string {
  try {
    return window.sessionStorage.getItem(address(person)) === CALIPER ? CALIPER : '';
  } catch {
    return '';
  }
}

function rememberPointLabel(person: string, label: string): void {
  try {
    window.sessionStorage.setItem(address(person), label);
  } catch {
    // A browser that keeps nothing begins every case with plain points.
  }
}
