/** A mark's line in a list: what it is, where it lies, what it measures. */

import { measureWords } from '../marks/measures';
import { SHAPES } from '../marks/shapes';
import { spanWords } from '../marks/span';
import type { Annotation } from '../model/reading';
import { h } from '../page/dom';
import type { Acts } from '../store/acts';
import { lockMark } from '../store/mark_acts';
import type { Places } from '../store/places';
import { originOf } from '../store/suggestions';

export interface MarkRows {
  acts: Acts;
  places: Places;
  jump(mark: Annotation): void;
  /** What a mark encloses, e.g. Hounsfield units, in words; may come later than the mark. */
  values(mark: Annotation): readonly string[];
}

/** How a mark's line looks apart from the mark itself: equal looks need no new line. */
export function lookOf(mark: Annotation, { acts, values }: MarkRows): string {
  const { selectedMark, alsoSelected, hiddenMarks } = acts.ui.now;
  const trouble = acts.workspace.queue.trouble('annotation', mark.id)?.message ?? '';
  const selected = selectedMark === mark.id;
  const chosen = selected ? values(mark).join() : alsoSelected.includes(mark.id);
  return [selected, acts.mayEdit, trouble, hiddenMarks.has(mark.id), chosen].join('/');
}

/** What it is; an arrow says what it points at, and a point what it is of. */
function nameOf({ kind, label }: Annotation): string {
  if (kind === 'point' && label) return label.charAt(0).toUpperCase() + label.slice(1);
  return (kind === 'arrow' && label) || SHAPES[kind].words;
}

export function markRow(mark: Annotation, rows: MarkRows): HTMLElement {
  const { acts, places, jump } = rows;
  const selected = acts.ui.now.selectedMark === mark.id;
  const trouble = acts.workspace.queue.trouble('annotation', mark.id);
  const geometry = places.frameOf(mark.frame)?.geometry;
  const measures = selected && geometry ? measureWords(mark.kind, mark.points, geometry, mark.mask) : [];
  const values = selected ? rows.values(mark) : [];
  const origin = selected ? originOf(mark, acts) : '';
  const mayChange = acts.mayEdit && acts.isMine(mark);
  const isHidden = acts.ui.now.hiddenMarks.has(mark.id);
  const isChosen = selected || acts.ui.now.alsoSelected.includes(mark.id);
  const row = h(
    'div',
    {
      class: `mark-row${isChosen ? ' selected' : ''}${trouble ? ' refused' : ''}`,
      'data-mark': mark.id,
      draggable: acts.mayEdit ? 'true' : null,
    },
    h(
      'button',
      { type: 'button', class: 'mark-jump', title: 'Show this mark', onclick: () => jump(mark) },
      h('span', {}, nameOf(mark)),
      h('small', {}, [places.words(mark.frame), spanOf(mark, places)].filter(Boolean).join(' · ')),
      mark.provenance === 'suggestion' ? h('small', { class: 'tag' }, 'from suggestion') : null,
      mark.provenance === 'taken_over' ? h('small', { class: 'tag' }, 'from a reader') : null,
      mark.locked && !selected ? h('small', { class: 'tag' }, 'locked') : null,
      isHidden && !selected ? h('small', { class: 'tag' }, 'hidden') : null,
    ),
    acts.mayEdit
      ? h(
          'button',
          {
            type: 'button',
            class: 'quiet',
            'aria-label': 'Delete mark',
            title: mark.locked ? 'Locked: unlock it to delete it' : 'Delete this mark',
            disabled: mark.locked,
            onclick: () => acts.deleteMark(mark.id),
          },
          '✕',
        )
      : null,
    measures.length > 0 ? h('p', { class: 'measures' }, measures.join(' · ')) : null,
    values.length > 0 ? h('p', { class: 'measures values' }, values.join(' · ')) : null,
    origin ? h('p', { class: 'hint origin' }, origin) : null,
    selected ? markActs(mark, { acts, isHidden, mayChange }) : null,
    trouble ? h('p', { class: 'trouble', role: 'alert' }, trouble.message) : null,
  );
  row.addEventListener('dragstart', (event) => event.dataTransfer?.setData('text/x-mark', mark.id));
  return row;
}

/** What the selected mark's keys do too. */
function markActs(
  mark: Annotation,
  { acts, isHidden, mayChange }: { acts: Acts; isHidden: boolean; mayChange: boolean },
): HTMLElement {
  const button = (words: string, title: string, pressed: boolean, onclick: () => void): HTMLElement =>
    h('button', { type: 'button', class: 'quiet', title, 'aria-pressed': String(pressed), onclick }, words);
  return h(
    'div',
    { class: 'mark-acts' },
    mayChange &&
      button(mark.locked ? 'Locked' : 'Lock', 'Neither moved nor deleted while it is locked', mark.locked, () =>
        lockMark(acts, mark.id, !mark.locked),
      ),
    button(isHidden ? 'Hidden' : 'Hide', 'Leave it out of the picture', isHidden, () => {
      const others = [...acts.ui.now.hiddenMarks].filter((id) => id !== mark.id);
      acts.ui.set({ hiddenMarks: new Set(isHidden ? others : [...others, mark.id]) });
    }),
  );
}

function spanOf(mark: Annotation, places: Places): string {
  const span = mark.first_frame === null ? null : places.spanOf(mark);
  return span ? spanWords(span) : '';
}
