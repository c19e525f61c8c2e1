/** The findings and the marks that show them; marks that belong to none; the forms of the selected finding. */
import { measureWords } from '../marks/measures';
import { SHAPES } from '../marks/shapes';
import { runArea } from '../masks/runs';
import type { Annotation, Finding } from '../model/types';
import { h } from '../page/dom';
import type { Acts } from '../store/acts';
import type { Places } from '../store/places';
import { LabelForm } from './label_form';
import { colourOf } from './mark_looks';
import { UNASSIGNED } from './palette';
import type { Panel } from './panel';

export class FindingsPanel implements Panel {
  readonly element: HTMLElement;
  private readonly list = h('div', { class: 'finding-list' });
  private readonly cards = new Map<string, { signature: string; element: HTMLElement; forms: HTMLElement }>();
  private readonly forms = new Map<string, LabelForm>();
  private readonly loose = h('div', { class: 'loose-marks' });
  private looseSignature = '';

  constructor(
    private readonly acts: Acts,
    private readonly places: Places,
    private readonly jump: (mark: Annotation) => void,
  ) {
    this.element = h(
      'section',
      { class: 'panel findings' },
      h('h2', {}, 'Findings'),
      this.addRow(),
      this.list,
      this.loose,
    );
    this.dropTarget(this.loose, null);
  }

  update(): void {
    const findings = this.acts.myFindings;
    const alive = new Set(findings.map((f) => f.id));
    for (const [id, card] of this.cards) {
      if (!alive.has(id)) {
        card.element.remove();
        this.cards.delete(id);
      }
    }
    for (const [order, finding] of findings.entries()) this.place(finding, order);
    this.updateForms();
    this.updateLoose();
  }

  private addRow(): HTMLElement {
    const { acts } = this;
    const select = h(
      'select',
      { 'aria-label': 'Kind of the new finding', onchange: () => acts.ui.set({ newKind: select.value }) },
      ...acts.manifest.finding_kinds.map((k) =>
        h('option', { value: k.value, selected: k.value === acts.kindOfNext }, k.label),
      ),
    );
    const add = h('button', { type: 'button', onclick: () => acts.addFinding() }, 'Add finding');
    const row = h('div', { class: 'add-finding' }, select, add);
    row.hidden = !this.acts.mayEdit;
    return row;
  }

  private marksOf(finding: string | null): Annotation[] {
    return this.acts.workspace.records
      .live('annotation')
      .filter((m) => m.finding === finding && this.acts.isMine(m))
      .sort((a, b) => this.places.orderOf(a.frame) - this.places.orderOf(b.frame));
  }

  private place(finding: Finding, order: number): void {
    const known = this.cards.get(finding.id);
    const typing = known?.element.contains(document.activeElement) && document.activeElement?.tagName === 'INPUT';
    const signature = this.signatureOf(finding, order, Boolean(typing));
    if (known && known.signature === signature) {
      this.keepOrder(known.element, order);
      return;
    }
    const forms = known?.forms ?? h('div', { class: 'finding-forms' });
    const element = this.card(finding, forms);
    if (known) known.element.replaceWith(element);
    this.cards.set(finding.id, { signature, element, forms });
    this.keepOrder(element, order);
  }

  private keepOrder(element: HTMLElement, order: number): void {
    if (this.list.children[order] !== element) this.list.insertBefore(element, this.list.children[order] ?? null);
  }

  private signatureOf(finding: Finding, order: number, typing: boolean): string {
    const { selectedFinding, selectedMark } = this.acts.ui.now;
    const queue = this.acts.workspace.queue;
    const marks = this.marksOf(finding.id);
    const troubles = marks.map((m) => queue.trouble('annotation', m.id)?.message ?? '');
    return JSON.stringify([
      order,
      { ...finding, name: typing ? '' : finding.name, revision: 0, updated_at: '' },
      selectedFinding === finding.id,
      selectedMark,
      this.acts.mayEdit,
      marks.map((m) => [m.id, m.points, m.mask && runArea(m.mask), m.kind, m.frame, m.provenance]),
      troubles,
      queue.trouble('finding', finding.id),
    ]);
  }

  private card(finding: Finding, forms: HTMLElement): HTMLElement {
    const { acts } = this;
    const selected = acts.ui.now.selectedFinding === finding.id;
    const marks = this.marksOf(finding.id);
    const title = h(
      'button',
      {
        type: 'button',
        class: 'finding-title',
        'aria-pressed': String(selected),
        onclick: () => acts.ui.set({ selectedFinding: selected ? null : finding.id }),
      },
      h('span', { class: 'swatch', style: `background:${colourOf(finding, acts.myFindings)}` }),
      h('span', { class: 'name' }, acts.findingTitle(finding)),
      h('small', {}, marks.length === 1 ? '1 mark' : `${marks.length} marks`),
    );
    const card = h('article', { class: selected ? 'finding selected' : 'finding', 'data-finding': finding.id }, title);
    const trouble = acts.workspace.queue.trouble('finding', finding.id);
    if (trouble) card.append(h('p', { class: 'trouble', role: 'alert' }, trouble.message));
    card.append(...marks.map((m) => this.markRow(m)));
    if (marks.length === 0) card.append(h('p', { class: 'hint' }, 'No mark yet: draw a box (B) or a contour (C).'));
    if (selected && acts.mayEdit) card.append(this.editRow(finding));
    if (selected) card.append(forms);
    this.dropTarget(card, finding.id);
    return card;
  }

  private editRow(finding: Finding): HTMLElement {
    const { acts } = this;
    const kinds = acts.manifest.finding_kinds.map((k) =>
      h('option', { value: k.value, selected: k.value === finding.kind }, k.label),
    );
    const kind = h(
      'select',
      { 'aria-label': 'Kind', onchange: () => acts.changeFinding(finding.id, { kind: kind.value }) },
      ...kinds,
    );
    const name = h('input', {
      type: 'text',
      value: finding.name,
      placeholder: 'Name or place',
      'aria-label': 'Name or place of the finding',
      maxlength: 100,
      oninput: () => acts.changeFinding(finding.id, { name: name.value }),
      onblur: () => this.update(),
    });
    const remove = h(
      'button',
      {
        type: 'button',
        class: 'quiet',
        title: 'Delete this finding; its marks stay',
        onclick: () => acts.deleteFinding(finding.id),
      },
      'Delete',
    );
    return h('div', { class: 'finding-edit' }, kind, name, remove);
  }

  private markRow(mark: Annotation): HTMLElement {
    const { acts } = this;
    const selected = acts.ui.now.selectedMark === mark.id;
    const trouble = acts.workspace.queue.trouble('annotation', mark.id);
    const geometry = this.places.frameOf(mark.frame)?.geometry;
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
        { type: 'button', class: 'mark-jump', title: 'Show this mark', onclick: () => this.jump(mark) },
        h('span', {}, SHAPES[mark.kind].words),
        h('small', {}, this.places.words(mark.frame)),
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

  private dropTarget(element: HTMLElement, finding: string | null): void {
    element.addEventListener('dragover', (event) => {
      if (event.dataTransfer?.types.includes('text/x-mark')) event.preventDefault();
    });
    element.addEventListener('drop', (event) => {
      const id = event.dataTransfer?.getData('text/x-mark');
      if (id) this.acts.linkMark(id, finding);
    });
  }

  private updateForms(): void {
    const { acts } = this;
    const selected = acts.ui.now.selectedFinding;
    const card = selected ? this.cards.get(selected) : undefined;
    if (!selected || !card) return;
    for (const schema of acts.manifest.schemas.filter((s) => s.definition.applies_to === 'finding')) {
      const key = `${selected}/${schema.key}`;
      let form = this.forms.get(key);
      if (!form) {
        form = new LabelForm(schema, selected, (question, value) => acts.setAnswer(schema, selected, question, value));
        this.forms.set(key, form);
      }
      if (form.element.parentElement !== card.forms) card.forms.append(form.element);
      const answer = acts.answerOf(schema, selected);
      const trouble = answer ? (acts.workspace.queue.trouble('answer', answer.id)?.message ?? null) : null;
      form.update(answer, !acts.mayEdit, trouble);
    }
  }

  private updateLoose(): void {
    const marks = this.marksOf(null);
    const queue = this.acts.workspace.queue;
    const signature = JSON.stringify([
      marks.map((m) => [m.id, m.points, m.mask && runArea(m.mask), queue.trouble('annotation', m.id)]),
      this.acts.ui.now.selectedMark,
    ]);
    if (signature === this.looseSignature) return;
    this.looseSignature = signature;
    this.loose.hidden = marks.length === 0;
    this.loose.replaceChildren(
      h('h3', {}, h('span', { class: 'swatch', style: `background:${UNASSIGNED}` }), 'Marks without a finding'),
      ...marks.map((m) => this.markRow(m)),
      h('p', { class: 'hint' }, 'Drag a mark to its finding, or select both and press L.'),
    );
  }
}
