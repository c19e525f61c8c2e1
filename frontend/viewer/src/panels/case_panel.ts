/** The questions about the whole case. */
import { h } from '../page/dom';
import type { Acts } from '../store/acts';
import { answerState } from './answer_state';
import { LabelForm } from './label_form';
import type { Panel } from './panel';

export class CasePanel implements Panel {
  readonly element: HTMLElement;
  readonly forms: readonly LabelForm[];

  constructor(private readonly acts: Acts) {
    const schemas = acts.manifest.schemas.filter((s) => s.definition.applies_to === 'case');
    this.forms = schemas.map(
      (schema) => new LabelForm(schema, 'case', (question, value) => acts.setAnswer(schema, null, question, value)),
    );
    this.element = h(
      'section',
      { class: 'panel case-questions', hidden: schemas.length === 0 },
      h('h2', {}, 'Case'),
      ...this.forms.map((f) => f.element),
    );
  }

  update(): void {
    for (const form of this.forms) form.update(answerState(this.acts, form.schema, null));
  }
}
