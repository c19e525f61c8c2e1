/** The panels that ask, of breasts and case, slices and findings; the keys' way through them; and what is left open. */
import { CasePanel } from '../panels/case_panel';
import { FindingsPanel } from '../panels/findings_panel';
import { Forms } from '../panels/forms';
import type { MarkRows } from '../panels/mark_row';
import { MissingPanel } from '../panels/missing_panel';
import type { Panel } from '../panels/panel';
import { RangesPanel } from '../panels/ranges_panel';
import type { Missing } from '../store/missing';

/** What they ask of the page. */
export interface QuestionsPlace {
  readonly rows: MarkRows;
  reveal(frame: string): void;
  jumpToMark(id: string): void;
  showFinding(id: string): void;
  /** The key that a command has for this person. */
  keyOf(command: string): string | undefined;
  /** Say what an option means. */
  tell(words: string): void;
}

export class QuestionPanels {
  readonly panels: readonly Panel[];
  readonly forms: Forms;
  readonly missing: MissingPanel;

  constructor(private readonly place: QuestionsPlace) {
    const { rows, reveal, jumpToMark, showFinding, keyOf, tell } = place;
    const { acts, places } = rows;
    const desk = {
      acts,
      places,
      showMark: jumpToMark,
      leadTo: (question: string) => this.forms.leadTo(question),
      tell,
    };
    const ofCase = new CasePanel(desk);
    const findings = new FindingsPanel(rows, desk, showFinding);
    const ranges = new RangesPanel(desk, reveal, () => keyOf('ranges.answer') ?? 'A key');
    this.forms = new Forms(acts, places, { ofCase, findings, ranges }, showFinding);
    this.missing = new MissingPanel((to) => this.goTo(to));
    this.panels = [ofCase, ranges, findings];
  }

  private goTo({ open, finding, mark }: Missing): void {
    if (open) this.forms.goTo(open);
    else if (finding) this.place.showFinding(finding);
    else if (mark) this.place.jumpToMark(mark);
  }
}
