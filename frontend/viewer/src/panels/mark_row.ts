/** A mark's line in a list: what it is, where it lies, what it measures. */

import { measureWords } from '../marks/measures';
import { SHAPES } from '../marks/shapes';
import { spanWords } from '../marks/span';
import type { Annotation } from '../model/types';
import { h } from '../page/dom';
import type { Acts } from '../store/acts';
import type { Places } from '../store/places';

export interface MarkRows {
  acts: Acts;
  places: Places;
  jump(mark: Annotation): void;
}

export function markRow(mark: Annotation, { acts, places, jump }: MarkRows): HTMLElement {
  const selected = acts.ui.now.selectedMark === mark.id;
  const trouble = acts.workspace.queue.trouble('annotation', mark.id);
  const geometry = places.frameOf(mark.frame)?.geometry;
  const measures = selected && geometry ? measureWords(mark.kind, mark.points, geometry, mark.mask) : [];
  const row = h(
    'div',
    {
      class: `mark-row${selected ? ' selected' : ''}${trouble ? ' refused' : ''}`,
      'data-mark': mark.id,
      draggable: acts.mayEdit ? 'true' : null,
    },
    h(
      'button',
      { type: 'button', class: 'mark-jump', title: 'Show this mark', onclick: () => jump(mark) },
      h('span', {}, SHAPES[mark.kind].words),
      h('small', {}, [places.words(mark.frame), spanOf(mark, places)].filter(Boolean).join(' · ')),
      mark.provenance === 'suggestion' ? h('small', { class: 'tag' }, 'from suggestion') : null,
    ),
    acts.mayEdit
      ? h(
          'button',
          {
            type: 'button',
            class: 'quiet',
            'aria-label': 'Delete mark',
            title: 'Delete this mark',
            onclick: () => acts.deleteMark(mark.id),
          },
          '✕',
        )
      : null,
    measures.length > 0 ? h('p', { class: 'measures' }, measures.join(' · ')) : null,
    trouble ? h('p', { class: 'trouble', role: 'alert' }, trouble.message) : null,
  );
  row.addEventListener('dragstart', (event) => event.dataTransfer?.setData('text/x-mark', mark.id));
  return row;
}

function spanOf(mark: Annotation, places: Places): string {
  const span = mark.first_frame === null ? null : places.spanOf(mark);
  return span ? spanWords(span) : '';
}
