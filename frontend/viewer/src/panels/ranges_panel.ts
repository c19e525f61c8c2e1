/** Ranges of slices and what was answered about them; the questions of the one that is chosen. */
import { spanWords } from '../marks/span';
import { h, setText } from '../page/dom';
import { removeAnswer } from '../store/answers';
import { type Range, rangeSign, rangesOfCase, rangeWords } from '../store/ranges';
import { spanOfRecord } from '../store/spans';
import { schemasFor, targetOf } from '../store/targets';
import { type FormDesk, FormSet } from './form_set';
import type { LabelForm } from './label_form';
import type { Panel } from './panel';

export class RangesPanel implements Panel {
  readonly element: HTMLElement;
  private readonly list = h('div', {});
  private readonly making = h('p', { class: 'hint' });
  /** Beside the list, which is made anew with every change: what is typed here goes on. */
  private readonly place = h('div', { class: 'range-forms' });
  private readonly sets = new Map<string, FormSet>();
  private saving = 0;
  private shown = '';

  constructor(
    private readonly desk: FormDesk,
    private readonly reveal: (frame: string) => void,
    private readonly keyWords: () => string,
  ) {
    const { acts } = desk;
    const offered = acts.manifest.schemas.filter((s) => s.definition.applies_to === 'slices');
    this.element = h(
      'section',
      { class: 'panel ranges', hidden: offered.length === 0 },
      h('h2', {}, offered[0]?.title ?? 'Slices'),
      this.making,
      this.list,
      this.place,
    );
    acts.workspace.queue.subscribe(() => {
      this.saving += 1;
    });
  }

  /** The questions of the chosen range. */
  get forms(): readonly LabelForm[] {
    this.update();
    const { selectedRange } = this.desk.acts.ui.now;
    return (selectedRange ? this.sets.get(selectedRange)?.forms : undefined) ?? [];
  }

  formsOf(id: string): readonly LabelForm[] {
    this.choose(id);
    return this.forms;
  }

  /** Choose a range, and show where it begins. */
  choose(id: string): void {
    const { acts } = this.desk;
    const answer = acts.workspace.records.get('answer', id);
    acts.ui.set({ selectedRange: id, selectedMark: null, selectedFinding: null, selectedSuggestion: null });
    if (answer?.first_frame) this.reveal(answer.first_frame);
  }

  update(): void {
    if (this.element.hidden) return;
    const { acts, places } = this.desk;
    const { selectedRange, rangeFrom, spanDraft } = acts.ui.now;
    const draft = spanDraft ? `${spanDraft.first}-${spanDraft.last}` : '';
    const state = [acts.workspace.records.version, this.saving, selectedRange, rangeFrom?.frame, draft, acts.mayEdit];
    if (state.join() === this.shown) {
      if (selectedRange) this.sets.get(selectedRange)?.update();
      return;
    }
    this.shown = state.join();
    const ranges = rangesOfCase(acts, places);
    this.making.hidden = rangeFrom === null && ranges.length > 0;
    setText(
      this.making,
      rangeFrom ? `From ${places.words(rangeFrom.frame)} to where the key comes again.` : this.ask(),
    );
    for (const id of this.sets.keys()) if (!ranges.some((r) => r.answer.id === id)) this.sets.delete(id);
    this.list.replaceChildren(...ranges.map((range) => this.row(range)));
    const chosen = ranges.find(({ answer }) => answer.id === selectedRange);
    const forms = chosen ? this.formsFor(chosen) : null;
    if (this.place.firstElementChild !== forms) this.place.replaceChildren(...(forms ? [forms] : []));
  }

  private ask(): string {
    const offers = this.desk.acts.mayEdit && schemasFor(this.desk.acts.manifest, 'slices').length > 0;
    return offers ? `${this.keyWords()} at the first and again at the last slice of what you see.` : 'None.';
  }

  private row(range: Range): HTMLElement {
    const { acts, places } = this.desk;
    const { answer } = range;
    const { spanDraft, selectedRange } = acts.ui.now;
    const span = spanDraft?.mark === answer.id ? spanDraft : spanOfRecord(acts, places, answer.id);
    const stack = acts.manifest.stacks.length > 1 ? places.of(answer.first_frame ?? '')?.stack.title : '';
    const selected = selectedRange === answer.id;
    const trouble = acts.workspace.queue.trouble('answer', answer.id);
    return h(
      'div',
      { class: selected ? 'range selected' : 'range', 'data-range': answer.id, 'data-sign': rangeSign(range) },
      h('span', { class: 'swatch' }),
      h(
        'button',
        {
          type: 'button',
          class: 'mark-jump',
          'aria-pressed': String(selected),
          title: 'Show where it begins, and its questions',
          onclick: () => this.choose(answer.id),
        },
        h('span', {}, [stack, span ? spanWords(span) : ''].filter(Boolean).join(', ')),
        h('small', {}, rangeWords(range)),
      ),
      acts.mayEdit
        ? h(
            'button',
            {
              type: 'button',
              class: 'quiet',
              'aria-label': 'Delete these answers',
              title: 'Delete these answers',
              onclick: () => removeAnswer(acts, answer.id),
            },
            '✕',
          )
        : null,
      trouble && !selected ? h('p', { class: 'trouble', role: 'alert' }, trouble.message) : null,
    );
  }

  private formsFor({ answer, schema }: Range): HTMLElement {
    const { id } = answer;
    const target = () => {
      const now = this.desk.acts.workspace.records.get('answer', id);
      return now && !now.deleted ? targetOf(now) : null;
    };
    const set = this.sets.get(id) ?? new FormSet(this.desk, target, () => [schema]);
    this.sets.set(id, set);
    set.update();
    return set.element;
  }
}
