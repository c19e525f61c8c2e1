/** Which marks lie on a frame and how they look: the reader's by finding, suggestions dashed, other people's grey. */

import { strengthAt } from '../marks/span';
import type { Annotation, Finding, Suggestion } from '../model/reading';
import type { ShownMark } from '../pane/marks_layer';
import { findingColour, labelColour, OTHERS, SUGGESTED, UNASSIGNED } from '../panels/palette';
import type { Acts } from '../store/acts';
import { colourOf, labelsInUse, wordsOf } from '../store/mark_looks';
import type { Places } from '../store/places';
import { notesOf } from '../store/suggestions';

/** What stands beside a mark that is not saved; the panels say more. */
const TROUBLE = { refused: 'not accepted', conflict: 'changed elsewhere', none: null } as const;

/** How much of a mark's strength is left while another finding is chosen. */
const BESIDE_THE_CHOSEN = 0.4;

export function marksOn(frameKey: string, acts: Acts, places: Places): ShownMark[] {
  const { ui, workspace } = acts;
  if (!ui.now.showsMarks) return [];
  const look = looksOf(acts);
  const marks: ShownMark[] = [];
  for (const mark of workspace.records.live('annotation')) {
    if (ui.now.hiddenMarks.has(mark.id)) continue;
    if (acts.review?.showsReaders && !acts.review.shows(mark.owner)) continue;
    // A label of slices has no place in the picture; it stands at its edge.
    const strength = mark.kind === 'slices' ? null : strengthOn(frameKey, mark, acts, places);
    if (strength !== null) marks.push(shownMark(mark, strength, look, acts));
  }
  const suggested = acts
    .openSuggestions()
    .filter((s) => s.frame === frameKey)
    .map((s) => shownSuggestion(s, ui.now.selectedSuggestion));
  return [...suggested, ...marks];
}

/** How strongly a mark is shown on a frame by its span alone; null: it does not lie there. */
function strengthOn(frameKey: string, mark: Annotation, { ui }: Acts, places: Places): number | null {
  if (mark.first_frame === null && mark.last_frame === null && ui.now.spanDraft?.mark !== mark.id) {
    return mark.frame === frameKey ? 1 : null;
  }
  const here = places.of(frameKey);
  const span = places.spanOf(mark);
  const centre = places.of(mark.frame);
  if (!here || !span || !centre || here.stack !== span.stack) return null;
  const draft = ui.now.spanDraft;
  const { first, last } = draft?.mark === mark.id ? draft : span;
  if (here.index < first || here.index > last) return null;
  return strengthAt({ first, last }, centre.index, here.index);
}

interface Look {
  /** Findings that a mark of this frame names already: the others bear their number only. */
  named: Set<string>;
  findings: Map<string, { finding: Finding; colour: string }>;
  labels: readonly string[];
}

function looksOf(acts: Acts): Look {
  const all = acts.myFindings;
  const findings = new Map(all.map((finding) => [finding.id, { finding, colour: colourOf(finding, all) }]));
  return { named: new Set(), findings, labels: acts.ui.now.colourBy === 'label' ? labelsInUse(acts) : [] };
}

function shownMark(mark: Annotation, strength: number, look: Look, acts: Acts): ShownMark {
  const { now } = acts.ui;
  const mine = acts.isMine(mark);
  const shows = mark.finding ? look.findings.get(mark.finding) : undefined;
  const selected = now.selectedMark === mark.id || now.alsoSelected.includes(mark.id);
  const besideTheChosen = now.selectedFinding !== null && look.findings.has(now.selectedFinding) && !selected;
  const dimmed = besideTheChosen && mark.finding !== now.selectedFinding;
  const colour =
    now.colourBy === 'label' ? labelColour(wordsOf(mark, acts), look.labels) : (shows?.colour ?? UNASSIGNED);
  return {
    id: mark.id,
    kind: mark.kind,
    points: mark.points,
    mask: mark.mask,
    colour: mine ? colour : readerColour(mark.owner, acts),
    label: mine ? labelOf(mark, shows?.finding, { selected, named: look.named }, acts) : ownersLabel(mark),
    selected,
    // An adjudicator's own marks stand among the readers'.
    dashed: !mine && acts.review?.adjudicates === true,
    locked: mark.locked || !mine || !acts.mayEdit,
    strength: strength * (dimmed ? BESIDE_THE_CHOSEN : 1),
    refused: TROUBLE[acts.workspace.queue.trouble('annotation', mark.id)?.phase ?? 'none'],
  };
}

/** Under review each reader has a colour of their own; the name stands beside it. */
function readerColour(owner: string, { review }: Acts): string {
  const order = review?.readers.indexOf(owner) ?? -1;
  return order < 0 ? OTHERS : findingColour(order);
}

/** Whose it is; an arrow says what it points at besides. */
function ownersLabel({ kind, label, owner }: Annotation): string {
  return kind === 'arrow' && label ? `${label} (${owner})` : owner;
}

function labelOf(
  mark: Annotation,
  finding: Finding | undefined,
  { selected, named }: { selected: boolean; named: Set<string> },
  acts: Acts,
): string {
  // Points come in crowds, four calipers round a nodule: only the chosen one says what it is.
  if (mark.kind === 'point') return selected ? mark.label || 'point' : finding?.number ? String(finding.number) : '';
  if (mark.kind === 'arrow' && mark.label) return mark.label;
  if (!finding) return mark.label;
  const isNamed = named.has(finding.id);
  named.add(finding.id);
  return isNamed && !selected && finding.number ? String(finding.number) : acts.findingTitle(finding);
}

function shownSuggestion(s: Suggestion, chosen: string | null): ShownMark {
  const selected = chosen === s.id;
  // Calipers come in crowds; an area says at once how sure the model is of it.
  const says = selected || s.kind !== 'point';
  const warning = notesOf(s);
  return {
    id: s.id,
    kind: s.kind,
    points: s.points,
    mask: s.mask,
    colour: SUGGESTED,
    label: says ? `${s.label || 'suggestion'} ${Math.round(s.score * 100)} %${warning && !selected ? ' ⚠' : ''}` : '',
    note: warning,
    selected,
    dashed: true,
    refused: null,
  };
}
