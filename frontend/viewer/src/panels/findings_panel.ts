/** The findings and the marks that show them; marks that belong to none; the forms of the selected finding. */
import type { Annotation } from '../model/reading';
import { h } from '../page/dom';
import { ofFinding } from '../store/targets';
import { FindingCard } from './finding_card';
import { type FormDesk, FormSet } from './form_set';
import type { LabelForm } from './label_form';
import { MarkList } from './mark_list';
import type { MarkRows } from './mark_row';
import { UNASSIGNED } from './palette';
import type { Panel } from './panel';

export class FindingsPanel implements Panel {
  readonly element: HTMLElement;
  private readonly list = h('div', { class: 'finding-list' });
  private readonly cards = new Map<string, FindingCard>();
  private readonly loose: HTMLElement;
  private readonly looseMarks: MarkList;
  /** Counts up with every change of saving; with the records' version it says whether anything is to be shown anew. */
  private saving = 0;
  private shown = '';

  constructor(
    private readonly rows: MarkRows,
    private readonly desk: FormDesk,
    private readonly showFinding: (finding: string) => void,
  ) {
    this.looseMarks = new MarkList(rows);
    this.loose = h(
      'div',
      { class: 'loose-marks' },
      h('h3', {}, h('span', { class: 'swatch', style: `background:${UNASSIGNED}` }), 'Marks without a finding'),
      this.looseMarks.element,
      h('p', { class: 'hint' }, 'Drag a mark to its finding, or select it and press L.'),
    );
    this.element = h(
      'section',
      { class: 'panel findings' },
      h('h2', {}, 'Findings'),
      this.addRow(),
      this.list,
      this.loose,
    );
    this.dropTarget(this.loose, null);
    rows.acts.workspace.queue.subscribe(() => {
      this.saving += 1;
    });
  }

  update(): void {
    const { acts } = this.rows;
    const { selectedFinding, selectedMark, alsoSelected, hiddenMarks } = acts.ui.now;
    const mark = selectedMark ? acts.workspace.records.get('annotation', selectedMark) : undefined;
    // A picture that is scrolled or a mark that is dragged changes nothing here; its values may come after it.
    const state = [
      acts.workspace.records.version,
      this.saving,
      selectedFinding,
      selectedMark,
      acts.mayEdit,
      ...(mark ? this.rows.values(mark) : []),
      ...alsoSelected,
      ...hiddenMarks,
    ].join();
    if (state === this.shown) return;
    this.shown = state;
    const findings = acts.myFindings;
    const marks = this.marksByFinding();
    for (const [id, card] of this.cards) {
      if (findings.some((f) => f.id === id)) continue;
      card.element.remove();
      this.cards.delete(id);
    }
    findings.forEach((finding, order) => {
      const card = this.cardOf(finding.id);
      card.update(finding, findings, marks.get(finding.id) ?? []);
      if (this.list.children[order] !== card.element) {
        this.list.insertBefore(card.element, this.list.children[order] ?? null);
      }
    });
    const loose = marks.get(null) ?? [];
    this.loose.hidden = loose.length === 0;
    this.looseMarks.update(loose);
  }

  /** The forms of the selected finding, as they are in the page. */
  get forms(): readonly LabelForm[] {
    const { selectedFinding } = this.rows.acts.ui.now;
    this.update();
    return (selectedFinding ? this.cards.get(selectedFinding)?.forms?.forms : undefined) ?? [];
  }

  private marksByFinding(): Map<string | null, Annotation[]> {
    const { acts, places } = this.rows;
    const marks = new Map<string | null, Annotation[]>();
    for (const mark of acts.workspace.records.live('annotation')) {
      // Labels of slices have a panel of their own.
      if (!acts.isMine(mark) || mark.kind === 'slices') continue;
      const known = marks.get(mark.finding);
      if (known) known.push(mark);
      else marks.set(mark.finding, [mark]);
    }
    for (const list of marks.values()) list.sort((a, b) => places.orderOf(a.frame) - places.orderOf(b.frame));
    return marks;
  }

  private cardOf(id: string): FindingCard {
    const { acts } = this.rows;
    const known = this.cards.get(id);
    if (known) return known;
    const finding = acts.workspace.records.get('finding', id);
    if (!finding) throw new Error(`There is no finding ${id}.`);
    const choose = (chosen: string | null): void => {
      if (chosen) this.showFinding(chosen);
      else acts.ui.set({ selectedFinding: null });
    };
    const card = new FindingCard(finding, this.rows, choose, () => new FormSet(this.desk, () => ofFinding(id)));
    this.dropTarget(card.element, id);
    this.cards.set(id, card);
    return card;
  }

  private addRow(): HTMLElement {
    const { acts } = this.rows;
    const select = h(
      'select',
      { 'aria-label': 'Kind of the new finding', onchange: () => acts.ui.set({ newKind: select.value }) },
      ...acts.manifest.finding_kinds.map((k) =>
        h('option', { value: k.value, selected: k.value === acts.kindOfNext }, k.label),
      ),
    );
    const add = h(
      'button',
      { type: 'button', title: 'New finding (Shift + Space)', onclick: () => acts.addFinding() },
      'Add finding',
    );
    const row = h('div', { class: 'add-finding' }, select, add);
    row.hidden = !acts.mayEdit;
    return row;
  }

  private dropTarget(element: HTMLElement, finding: string | null): void {
    element.addEventListener('dragover', (event) => {
      if (event.dataTransfer?.types.includes('text/x-mark')) event.preventDefault();
    });
    element.addEventListener('drop', (event) => {
      const id = event.dataTransfer?.getData('text/x-mark');
      if (id) this.rows.acts.linkMark(id, finding);
    });
  }
}
