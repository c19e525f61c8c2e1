/** The forms beside the picture as the keyboard sees them: into them, from one to the next, and back. */
import type { Acts } from '../store/acts';
import { type OpenQuestion, openQuestions } from '../store/missing';
import type { CasePanel } from './case_panel';
import type { FindingsPanel } from './findings_panel';
import type { LabelForm } from './label_form';

export class Forms {
  constructor(
    private readonly acts: Acts,
    private readonly ofCase: CasePanel,
    private readonly findings: FindingsPanel,
    private readonly showFinding: (finding: string) => void,
  ) {}

  /** Whether an element is part of a form's questions. */
  hold(element: Element | null): boolean {
    return element?.closest('.label-form') != null;
  }

  /** Give the keys to the selected finding's questions; false where there are none. */
  focusFinding(): boolean {
    return this.enter(this.findings.forms);
  }

  focusCase(): boolean {
    return this.enter(this.ofCase.forms);
  }

  /** Go to the next question that the score waits for, after the one that has the keys. */
  focusNextOpen(): OpenQuestion | null {
    const open = openQuestions(this.acts);
    const at = document.activeElement?.closest('[data-question]') ?? null;
    const here = open.findIndex((q) => at !== null && this.questionElement(q) === at);
    const next = open[(here + 1) % Math.max(1, open.length)];
    if (!next) return null;
    if (next.finding && this.acts.ui.now.selectedFinding !== next.finding) this.showFinding(next.finding);
    const forms = next.finding ? this.findings.forms : this.ofCase.forms;
    this.enter(forms, next);
    return next;
  }

  private questionElement({ finding, schema, question }: OpenQuestion): Element | null {
    if (finding && finding !== this.acts.ui.now.selectedFinding) return null;
    const forms = finding ? this.findings.forms : this.ofCase.forms;
    const form = forms.find((f) => f.schema === schema);
    return form?.element.querySelector(`[data-question="${CSS.escape(question)}"]`) ?? null;
  }

  private enter(forms: readonly LabelForm[], open: OpenQuestion | null = null): boolean {
    forms.forEach((form, i) => {
      form.onLeave = (by) => {
        if (!forms[i + by]?.focusEnd(by) && document.activeElement instanceof HTMLElement)
          document.activeElement.blur();
      };
    });
    if (open) return forms.find((f) => f.schema === open.schema)?.focus(open.question) ?? false;
    return forms[0]?.focus() ?? false;
  }
}
