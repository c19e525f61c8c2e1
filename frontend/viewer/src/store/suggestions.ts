/** Acts on what a model proposes; each is one step of undo. */
import { newId } from '../api/identifiers';
import { SHAPES } from '../marks/shapes';
import type { Annotation, Finding, Suggestion } from '../model/reading';
import type { Acts } from './acts';
import type { Edit } from './workspace';

/** Why readers reject, in the order of the keys 1, 2, ...; another reason can be typed. */
export const USUAL_REASONS = [
  'Normal structure',
  'Artefact',
  'Wrong place or outline',
  'Shown twice',
  'Not worth marking',
] as const;

/** Suggestions at least as sure as a threshold; scores are compared as they are shown, in whole per cent. */
export function atLeast(suggestions: readonly Suggestion[], percent: number): Suggestion[] {
  return suggestions.filter((s) => Math.round(s.score * 100) >= percent);
}

/**
 * Accept suggestions as one step.
 *
 * What encloses something becomes a finding of its own, or the selected one's first mark; points and lines, which
 * measure what is there already, go to the selected finding. What the reader had outlined for a finding goes to that one.
 */
export function acceptSuggestions(acts: Acts, ids: readonly string[]): void {
  if (!acts.mayEdit) return;
  const { records } = acts.workspace;
  const selected = acts.ui.now.selectedFinding;
  const live = selected && records.get('finding', selected)?.deleted === false ? selected : null;
  let empty = live && !records.live('annotation').some((m) => m.finding === live) ? live : null;
  const edits: Edit[] = [];
  let last: Annotation | null = null;
  for (const id of ids) {
    const suggestion = acts.suggestions.get(id);
    const decision = records.get('decision', id);
    if (!suggestion || !decision || decision.decision) continue;
    let finding = live;
    const asked = acts.outlining?.findingOf(id) ?? null;
    if (asked) finding = asked;
    else if (SHAPES[suggestion.kind].closed) {
      const made = empty ? null : acts.newFinding(kindOf(suggestion, acts));
      if (made) edits.push({ kind: 'finding', id: made.id, state: made satisfies Finding });
      finding = made?.id ?? empty;
      empty = null;
    }
    const mark = markOf(suggestion, finding, acts.person);
    edits.push(
      { kind: 'decision', id, state: { ...decision, decision: 'accepted', annotation: mark.id, finding, reason: '' } },
      { kind: 'annotation', id: mark.id, state: mark },
    );
    last = mark;
  }
  acts.workspace.commit(ids.length === 1 ? 'accept suggestion' : `accept ${ids.length} suggestions`, edits);
  if (ids.length === 1 && last) {
    acts.ui.set({ selectedMark: last.id, selectedFinding: last.finding ?? selected, selectedSuggestion: null });
  }
}

/** Reject a suggestion, saying why; "" says nothing. */
export function rejectSuggestion(acts: Acts, id: string, reason: string): void {
  const decision = acts.workspace.records.get('decision', id);
  if (!decision || decision.decision || !acts.mayEdit) return;
  acts.workspace.commit('reject suggestion', [
    { kind: 'decision', id, state: { ...decision, decision: 'rejected', reason: reason.trim().slice(0, 200) } },
  ]);
}

/**
 * The suggestion before or after one, in the order of the list.
 *
 * @param decided one that stands in the list no more: counted from its place there, by its score.
 */
export function neighbour(
  open: readonly Suggestion[],
  from: string | null,
  by: 1 | -1,
  decided: Suggestion | null = null,
): Suggestion | null {
  if (open.length === 0) return null;
  const at = open.findIndex((s) => s.id === from);
  if (at >= 0) return open[(at + by + open.length) % open.length] ?? null;
  const behind = decided ? open.findIndex((s) => s.score <= decided.score) : 0;
  const place = behind < 0 ? open.length : behind;
  return open[by > 0 ? place % open.length : (place - 1 + open.length) % open.length] ?? null;
}

/** Which model proposed what became this mark, how sure it was, and why it might not fit; "" for what was drawn. */
export function originOf(mark: Annotation, { suggestions, workspace }: Acts): string {
  const decision = workspace.records.all('decision').find(({ annotation }) => annotation === mark.id);
  const suggestion = decision && suggestions.get(decision.id);
  if (!suggestion) return '';
  const { model, score } = suggestion;
  return [`Proposed by ${model}, ${Math.round(score * 100)} %.`, notesOf(suggestion)].filter(Boolean).join(' ');
}

/** Why a suggestion may not fit, and why none of its model's may; "" for most. */
export function notesOf({ note, model_note }: Suggestion): string {
  return [note, model_note].filter(Boolean).join(' ');
}

/** What is to be said of models beside their suggestions: each thing once, in the order of the list. */
export function notesOfModels(suggestions: readonly Suggestion[]): string[] {
  return [...new Set(suggestions.map((s) => s.model_note ?? ''))].filter(Boolean);
}

function kindOf(suggestion: Suggestion, acts: Acts): string {
  // What the reader pointed at is what the reader would draw, not what the network calls everything.
  if (acts.outlining?.made(suggestion.id)) return acts.kindOfNext;
  const label = suggestion.label.toLowerCase();
  const named = acts.manifest.finding_kinds.find((k) => k.value === label || k.label.toLowerCase() === label);
  return named?.value ?? acts.kindOfNext;
}

function markOf(suggestion: Suggestion, finding: string | null, owner: string): Annotation {
  const { frame, kind, points, mask, label } = suggestion;
  return {
    id: newId(),
    case: suggestion.case,
    frame,
    kind,
    points,
    finding,
    first_frame: null,
    last_frame: null,
    mask,
    locked: false,
    label,
    provenance: 'suggestion',
    revision: 0,
    deleted: false,
    owner,
  };
}
