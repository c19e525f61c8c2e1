/** The forms beside the picture as the keyboard sees them: into them, from one to the next, and back. */
import type { Acts } from '../store/acts';
import { schemaName } from '../store/answers';
import { type OpenQuestion, openQuestions } from '../store/missing';
import type { Places } from '../store/places';
import { type Breast, keyOf, ofBreast, type Target } from '../store/targets';
import type { CasePanel } from './case_panel';
import type { FindingsPanel } from './findings_panel';
import type { LabelForm } from './label_form';
import type { RangesPanel } from './ranges_panel';

export interface FormPanels {
  ofCase: CasePanel;
  findings: FindingsPanel;
  ranges: RangesPanel;
}

export class Forms {
  constructor(
    private readonly acts: Acts,
    private readonly places: Places,
    private readonly panels: FormPanels,
    private readonly showFinding: (finding: string) => void,
  ) {}

  /** Whether an element is part of a form's questions. */
  hold(element: Element | null): boolean {
    return element?.closest('.label-form') != null;
  }

  /** Give the keys to the questions of the chosen range or finding; false where there are none. */
  focusFinding(): boolean {
    const { ranges, findings } = this.panels;
    const forms = this.acts.ui.now.selectedRange ? ranges.forms : findings.forms;
    // One of its forms answers for a finding: the one that was begun.
    return this.enter(forms, (form) => !form.isUntouched);
  }

  /** The breasts' questions and then the case's, one behind the other. */
  focusCase(): boolean {
    return this.enter(this.panels.ofCase.forms, (form) => form.isOpen);
  }

  /** The right breast's questions, and from those the left one's; false where no breast is asked about. */
  focusBreast(): Breast | null {
    const { ofCase } = this.panels;
    const at = document.activeElement?.closest<HTMLElement>('[data-target]')?.dataset.target;
    const here = ofCase.breasts.findIndex((breast) => keyOf(ofBreast(breast)) === at);
    const next = ofCase.breasts[(here + 1) % Math.max(1, ofCase.breasts.length)];
    if (!next) return null;
    this.chain(ofCase.forms);
    return ofCase.formsOf(ofBreast(next))[0]?.focus() ? next : null;
  }

  focusRange(id: string): boolean {
    return this.enter(this.panels.ranges.formsOf(id), () => true);
  }

  /** Go to the next question that the score waits for, after the one that has the keys. */
  focusNextOpen(): OpenQuestion | null {
    const open = openQuestions(this.acts, this.places);
    const at = document.activeElement?.closest('[data-question]') ?? null;
    const here = open.findIndex((q) => at !== null && this.questionElement(q) === at);
    const next = open[(here + 1) % Math.max(1, open.length)];
    if (!next) return null;
    this.goTo(next);
    return next;
  }

  /** Go to a question, choosing what it is about first. */
  goTo({ target, schema, question }: OpenQuestion): void {
    const { ui } = this.acts;
    if (target.kind === 'finding' && ui.now.selectedFinding !== target.finding) this.showFinding(target.finding);
    if (target.kind === 'slices' && ui.now.selectedRange !== target.id) this.panels.ranges.choose(target.id);
    const forms = this.formsOf(target);
    this.chain(forms);
    forms.find((f) => schemaName(f.schema) === schema)?.focus(question);
  }

  /** Go to a question of this name, in the form that has the keys first. */
  leadTo(question: string): void {
    const { ofCase, findings, ranges } = this.panels;
    // A breast that nobody has assessed yet.
    const breast = /^breast:([LR])$/.exec(question)?.[1] as Breast | undefined;
    if (breast) {
      this.chain(ofCase.forms);
      ofCase.formsOf(ofBreast(breast))[0]?.focus();
      return;
    }
    const forms = [...ofCase.forms, ...findings.forms, ...ranges.forms];
    const form = forms.find((f) => f.has(question));
    if (!form) return;
    this.chain(forms);
    form.focus(question);
  }

  private questionElement({ target, schema, question }: OpenQuestion): Element | null {
    const { selectedFinding, selectedRange } = this.acts.ui.now;
    if (target.kind === 'finding' && target.finding !== selectedFinding) return null;
    if (target.kind === 'slices' && target.id !== selectedRange) return null;
    const form = this.formsOf(target).find((f) => schemaName(f.schema) === schema);
    return form?.element.querySelector(`[data-question="${CSS.escape(question)}"]`) ?? null;
  }

  private formsOf(target: Target): readonly LabelForm[] {
    const { ofCase, findings, ranges } = this.panels;
    if (target.kind === 'finding') return findings.forms;
    if (target.kind === 'slices') return ranges.forms;
    return ofCase.formsOf(target);
  }

  private enter(forms: readonly LabelForm[], isMeant: (form: LabelForm) => boolean): boolean {
    this.chain(forms);
    return (forms.find(isMeant) ?? forms[0])?.focus() ?? false;
  }

  /** Let the keys lead from one form to the next, and behind the last one back to the picture. */
  private chain(forms: readonly LabelForm[]): void {
    forms.forEach((form, i) => {
      form.onLeave = (by) => {
        if (!forms[i + by]?.focusEnd(by) && document.activeElement instanceof HTMLElement)
          document.activeElement.blur();
      };
      form.onAnswered = () => {
        // One breast after the other: a key alone leads on only to what nobody has answered.
        const next = forms[i + 1];
        if (next?.isUntouched) next.focus();
      };
    });
  }
}
