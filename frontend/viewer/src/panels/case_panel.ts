/** The questions about each breast, and about the whole case. */
import { h } from '../page/dom';
import {
  BREAST_WORDS,
  type Breast,
  breastsShown,
  CASE,
  keyOf,
  ofBreast,
  schemasFor,
  type Target,
} from '../store/targets';
import { type FormDesk, FormSet } from './form_set';
import type { LabelForm } from './label_form';
import type { Panel } from './panel';

export class CasePanel implements Panel {
  readonly element: HTMLElement;
  private readonly sets: { target: Target; set: FormSet }[] = [];

  constructor(desk: FormDesk) {
    const { manifest } = desk.acts;
    this.element = h('div', { class: 'case-panel' });
    const breasts = schemasFor(manifest, 'breast').length > 0 ? breastsShown(manifest) : [];
    for (const breast of breasts) this.add(desk, ofBreast(breast), BREAST_WORDS[breast]);
    const asksOfCase = manifest.schemas.some((s) => s.definition.applies_to === 'case');
    if (asksOfCase) this.add(desk, CASE, 'Case');
  }

  update(): void {
    for (const { set } of this.sets) set.update();
  }

  /** In the order in which they are answered: breast by breast, then the case. */
  get forms(): readonly LabelForm[] {
    return this.sets.flatMap(({ set }) => set.forms);
  }

  formsOf(target: Target): readonly LabelForm[] {
    return this.sets.find((one) => keyOf(one.target) === keyOf(target))?.set.forms ?? [];
  }

  get breasts(): Breast[] {
    return this.sets.flatMap(({ target }) => (target.kind === 'breast' ? [target.breast] : []));
  }

  private add(desk: FormDesk, target: Target, title: string): void {
    const about = target.kind === 'breast' ? title : '';
    const set = new FormSet(desk, () => target, undefined, about);
    this.sets.push({ target, set });
    const section = { class: 'panel case-questions', 'aria-label': title, 'data-target': keyOf(target) };
    this.element.append(h('section', section, set.element));
  }
}
