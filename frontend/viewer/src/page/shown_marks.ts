/** Which marks lie on a frame and how they look: the reader's by finding, suggestions dashed, other people's grey. */

import type { Annotation } from '../model/types';
import type { ShownMark } from '../pane/marks_layer';
import { findingColour, OTHERS, SUGGESTED, UNASSIGNED } from '../panels/palette';
import type { Acts } from '../store/acts';

export function marksOn(frameKey: string, acts: Acts): ShownMark[] {
  const { ui, workspace } = acts;
  if (!ui.now.showsMarks) return [];
  const findings = acts.myFindings;
  const marks = workspace.records
    .live('annotation')
    .filter((m) => m.frame === frameKey)
    .map((m): ShownMark => {
      const mine = acts.isMine(m);
      const order = findings.findIndex((f) => f.id === m.finding);
      const finding = findings[order];
      const selected = ui.now.selectedMark === m.id;
      return {
        id: m.id,
        kind: m.kind,
        points: m.points,
        colour: !mine ? OTHERS : order >= 0 ? findingColour(order) : UNASSIGNED,
        label: !mine
          ? m.owner
          : m.kind === 'point'
            ? pointLabel(m, selected)
            : finding
              ? acts.findingTitle(finding)
              : '',
        selected,
        dashed: false,
        refused: workspace.queue.trouble('annotation', m.id)?.message ?? null,
      };
    });
  const suggested = acts
    .openSuggestions()
    .filter((s) => s.frame === frameKey)
    .map(
      (s): ShownMark => ({
        id: s.id,
        kind: s.kind,
        points: s.points,
        colour: SUGGESTED,
        label: ui.now.selectedSuggestion === s.id ? `${s.label || 'suggestion'} ${Math.round(s.score * 100)} %` : '',
        selected: ui.now.selectedSuggestion === s.id,
        dashed: true,
        refused: null,
      }),
    );
  return [...suggested, ...marks];
}

/** Points come in crowds, four calipers round a nodule: only the chosen one says what it is. */
function pointLabel(mark: Annotation, selected: boolean): string {
  return selected ? mark.label || 'point' : '';
}
