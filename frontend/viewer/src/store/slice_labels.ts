/** Labels of slices ("these slices show ..."): acts, each one step of undo, and the words to choose from. */
import { newId } from '../api/identifiers';
import type { Annotation } from '../model/reading';
import type { Acts } from './acts';
import type { Places } from './places';

/** The reader's labels of slices, in the order in which they begin. */
export function sliceLabels(acts: Acts, places: Places): Annotation[] {
  return acts.workspace.records
    .live('annotation')
    .filter((m) => m.kind === 'slices' && acts.isMine(m))
    .sort((a, b) => places.orderOf(a.first_frame ?? a.frame) - places.orderOf(b.first_frame ?? b.frame));
}

/** Those that hold on a frame, other readers' too where they are shown. */
export function labelsOn(frameKey: string, acts: Acts, places: Places): Annotation[] {
  const here = places.of(frameKey);
  return acts.workspace.records.live('annotation').filter((mark) => {
    if (mark.kind !== 'slices' || !here) return false;
    const span = places.spanOf(mark);
    const { spanDraft } = acts.ui.now;
    const ends = spanDraft?.mark === mark.id ? spanDraft : span;
    return span?.stack === here.stack && ends !== null && here.index >= ends.first && here.index <= ends.last;
  });
}

/** Words to choose from: those used last, then what findings of this case may be, then what its forms ask for. */
export function wordsToChoose(acts: Acts): string[] {
  const used = acts.workspace.records
    .live('annotation')
    .filter((m) => m.kind === 'slices' && acts.isMine(m))
    .map((m) => m.label);
  const kinds = acts.manifest.finding_kinds.map((k) => k.label);
  const asked = acts.manifest.schemas
    .filter((s) => s.definition.applies_to === 'case' || s.definition.applies_to === 'slices')
    .flatMap((s) => s.definition.form.questions)
    .filter((q) => q.options?.some((o) => o.value === 'present'))
    .map((q) => q.title);
  return [...new Set([...used.reverse(), ...kinds, ...asked])].filter((word) => word !== '' && word.length <= 64);
}

/** Label the slices between two frames of one stack, ends included; null where nothing may be changed. */
export function addSliceLabel(acts: Acts, places: Places, ends: readonly [string, string]): string | null {
  const [first, last] = [...ends].sort((a, b) => places.orderOf(a) - places.orderOf(b));
  const [one, other] = [places.of(first ?? ''), places.of(last ?? '')];
  if (!acts.mayEdit || !first || !last || !one || one.stack !== other?.stack) return null;
  const mark: Annotation = {
    id: newId(),
    case: acts.manifest.case.id,
    frame: first,
    kind: 'slices',
    points: [],
    first_frame: first,
    last_frame: last,
    mask: null,
    locked: false,
    finding: null,
    label: wordsToChoose(acts)[0] ?? 'Finding',
    provenance: 'drawn',
    revision: 0,
    deleted: false,
    owner: acts.person,
  };
  acts.workspace.commit('label slices', [{ kind: 'annotation', id: mark.id, state: mark }]);
  acts.ui.set({ selectedMark: mark.id, selectedSuggestion: null, labelFrom: null });
  return mark.id;
}

/** Other words for a label; what is typed fast is one step of undo. */
export function relabel(acts: Acts, id: string, label: string): void {
  const mark = acts.workspace.records.get('annotation', id);
  const words = label.trim().slice(0, 64);
  if (!mark || mark.deleted || mark.locked || words === '' || !acts.mayEdit || !acts.isMine(mark)) return;
  acts.workspace.commit('label slices', [{ kind: 'annotation', id, state: { ...mark, label: words } }], `label ${id}`);
}
