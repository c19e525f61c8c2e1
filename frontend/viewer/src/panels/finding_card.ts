/** One finding in the panel: its name and number, its marks, and while it is selected its questions. */
import type { Annotation, Finding } from '../model/reading';
import { h, setText } from '../page/dom';
import { colourOf, numberOf } from '../store/mark_looks';
import type { FormSet } from './form_set';
import { MarkList } from './mark_list';
import type { MarkRows } from './mark_row';

/** More marks than these are listed only while the finding is selected. */
const SHOWN_UNSELECTED = 4;

export class FindingCard {
  readonly element: HTMLElement;
  forms: FormSet | null = null;
  private readonly title: HTMLButtonElement;
  private readonly swatch = h('span', { class: 'swatch' });
  private readonly name = h('span', { class: 'name' });
  private readonly count = h('small', {});
  private readonly trouble = h('p', { class: 'trouble', role: 'alert', hidden: true });
  private readonly marks: MarkList;
  private readonly hint = h('p', { class: 'hint' }, 'No mark yet: draw a box (B) or a contour (C).');
  private readonly edit: HTMLElement;
  private readonly kind: HTMLSelectElement;
  private readonly nameField: HTMLInputElement;
  private readonly formPlace = h('div', { class: 'finding-forms' });
  private wasSelected = false;

  constructor(
    finding: Finding,
    private readonly rows: MarkRows,
    choose: (finding: string | null) => void,
    private readonly makeForms: () => FormSet,
  ) {
    const { acts } = rows;
    const { id } = finding;
    this.title = h(
      'button',
      {
        type: 'button',
        class: 'finding-title',
        onclick: () => choose(acts.ui.now.selectedFinding === id ? null : id),
      },
      this.swatch,
      this.name,
      this.count,
    );
    this.kind = h(
      'select',
      { 'aria-label': 'Kind', onchange: () => acts.changeFinding(id, { kind: this.kind.value }) },
      ...acts.manifest.finding_kinds.map((k) => h('option', { value: k.value }, k.label)),
    );
    this.nameField = h('input', {
      type: 'text',
      placeholder: 'Name or place',
      'aria-label': 'Name or place of the finding',
      maxlength: 100,
      oninput: () => acts.changeFinding(id, { name: this.nameField.value }),
    });
    const remove = h(
      'button',
      {
        type: 'button',
        class: 'quiet',
        title: 'Delete this finding; its marks stay',
        onclick: () => acts.deleteFinding(id),
      },
      'Delete',
    );
    this.edit = h('div', { class: 'finding-edit' }, this.kind, this.nameField, remove);
    this.marks = new MarkList(rows);
    this.element = h(
      'article',
      { class: 'finding', 'data-finding': id },
      this.title,
      this.trouble,
      this.marks.element,
      this.hint,
      this.edit,
      this.formPlace,
    );
  }

  update(finding: Finding, all: readonly Finding[], marks: readonly Annotation[]): void {
    const { acts } = this.rows;
    const selected = acts.ui.now.selectedFinding === finding.id;
    this.element.classList.toggle('selected', selected);
    this.title.setAttribute('aria-pressed', String(selected));
    this.swatch.style.background = colourOf(finding, all);
    setText(this.swatch, String(numberOf(finding, all)));
    setText(this.name, acts.findingTitle(finding));
    setText(this.count, marks.length === 1 ? '1 mark' : `${marks.length} marks`);
    const trouble = acts.workspace.queue.trouble('finding', finding.id);
    this.trouble.hidden = trouble === null;
    setText(this.trouble, trouble?.message ?? '');
    const listed = selected || marks.length <= SHOWN_UNSELECTED;
    this.marks.element.hidden = !listed;
    if (listed) this.marks.update(marks);
    this.hint.hidden = marks.length > 0;
    this.edit.hidden = !selected || !acts.mayEdit;
    this.kind.value = finding.kind;
    if (document.activeElement !== this.nameField) this.nameField.value = finding.name;
    this.showForms(selected);
    if (selected && !this.wasSelected) this.element.scrollIntoView({ block: 'nearest' });
    this.wasSelected = selected;
  }

  private showForms(selected: boolean): void {
    this.formPlace.hidden = !selected;
    if (!selected) return;
    if (!this.forms) {
      this.forms = this.makeForms();
      this.formPlace.append(this.forms.element);
    }
    this.forms.update();
  }
}
