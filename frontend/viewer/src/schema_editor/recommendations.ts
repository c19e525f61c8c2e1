/** What a level recommends, by size: the line with the largest size that is reached holds. */
import { h } from '../page/dom';
import type { Draft, Level, Recommendation } from './draft';
import type { Editing } from './editing';
import { button, faultSlot, numberField, textField } from './fields';
import { changedLevel } from './scoring_edits';

export function recommendationRows(editing: Editing, at: number): HTMLElement {
  const level = editing.draft.definition.scoring.levels?.[at] as Level;
  const path = `scoring.levels[${at}]`;
  const rows = level.recommendations ?? [];
  const thyroid = level.aspirate_from_mm !== undefined || level.follow_from_mm !== undefined;
  const count = rows.length + (thyroid ? 1 : 0);
  const put = (change: (rows: readonly Recommendation[]) => readonly Recommendation[], focus: string): void =>
    editing.made((d) => withRows(d, at, change), focus);
  const text = (place: number, change: Partial<Recommendation>, name: string): void =>
    editing.typed(
      (d) => withRows(d, at, (old) => old.map((row, i) => (i === place ? cleared({ ...row, ...change }) : row))),
      `${path}.recommendations[${place}].${name}`,
    );
  return h(
    'details',
    { open: count > 0 },
    h('summary', {}, count > 0 ? 'Recommends' : 'Recommends nothing'),
    thyroid
      ? h(
          'div',
          { class: 'row' },
          numberField(
            { label: 'Biopsy from, mm', path: `${path}.aspirate_from_mm`, min: 0 },
            level.aspirate_from_mm,
            (value) =>
              editing.typed((d) => changedLevel(d, at, { aspirate_from_mm: value }), `${path}.aspirate_from_mm`),
          ),
          numberField(
            { label: 'Follow-up from, mm', path: `${path}.follow_from_mm`, min: 0 },
            level.follow_from_mm,
            (value) => editing.typed((d) => changedLevel(d, at, { follow_from_mm: value }), `${path}.follow_from_mm`),
          ),
        )
      : null,
    ...rows.map((row, place) =>
      h(
        'div',
        { class: 'row' },
        numberField(
          { label: 'From, mm', path: `${path}.recommendations[${place}].from_mm`, min: 0, placeholder: 'any size' },
          row.from_mm,
          (from_mm) => text(place, { from_mm }, 'from_mm'),
        ),
        textField(
          { label: 'Recommendation', path: `${path}.recommendations[${place}].text`, class: 'grow', maxLength: 500 },
          row.text,
          (words) => text(place, { text: words }, 'text'),
        ),
        button('✕', () => put((old) => old.filter((_, i) => i !== place), `${path}.recommendations.add`), {
          class: 'small icon',
          name: `Remove recommendation ${place + 1} of level ${level.level}`,
        }),
      ),
    ),
    faultSlot(`${path}.recommendations`),
    button(
      'Add a recommendation',
      () => put((old) => [...old, { text: '' }], `${path}.recommendations[${rows.length}].text`),
      { class: 'small', path: `${path}.recommendations.add` },
    ),
  );
}

function withRows(
  draft: Draft,
  at: number,
  change: (rows: readonly Recommendation[]) => readonly Recommendation[],
): Draft {
  const rows = change(draft.definition.scoring.levels?.[at]?.recommendations ?? []);
  return changedLevel(draft, at, { recommendations: rows.length > 0 ? rows : undefined });
}

function cleared(row: Recommendation): Recommendation {
  return row.from_mm === undefined ? { text: row.text } : row;
}
