/** What models propose, the most certain first; the reader accepts each, or rejects it and says why. */
import type { SliceSummary, Suggestion } from '../model/reading';
import { h, setText } from '../page/dom';
import type { Acts } from '../store/acts';
import type { Places } from '../store/places';
import {
  acceptSuggestions,
  atLeast,
  neighbour,
  notesOfModels,
  rejectSuggestion,
  USUAL_REASONS,
} from '../store/suggestions';
import type { Panel } from './panel';
import { WordChoice } from './word_choice';

/** Of which series only where there are several. */
function summaryWords({ model, stack, told }: SliceSummary, { manifest }: Acts): string {
  const title = manifest.stacks.length > 1 ? manifest.stacks.find(({ key }) => key === stack)?.title : '';
  return `${[model, title].filter(Boolean).join(', ')}, blood by RADnet's rule. ${told}`;
}

/** Numbered where models have different things to say. */
function signOf(words: string, notes: readonly string[]): string {
  return notes.length > 1 ? `⚠${notes.indexOf(words) + 1}` : '⚠';
}

/** The mark that refers a suggestion to what stands once above the list. */
function modelSign({ model_note: words }: Suggestion, notes: readonly string[]): HTMLElement | null {
  if (!words) return null;
  return h('span', { class: 'model-sign', role: 'img', 'aria-label': words, title: words }, signOf(words, notes));
}

export class SuggestionsPanel implements Panel {
  readonly element: HTMLElement;
  private readonly list = h('div', {});
  private readonly threshold = h('input', {
    type: 'number',
    min: 0,
    max: 100,
    step: 5,
    value: 90,
    'aria-label': 'Accept all from this score on, in per cent',
    oninput: () => this.showCount(),
    onkeydown: (event: KeyboardEvent) => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      this.acceptAll();
      this.threshold.blur();
    },
  });
  private readonly acceptMany = h('button', { type: 'button', onclick: () => this.acceptAll() });
  private readonly many: HTMLElement;
  private readonly modelNotes = h('div', { class: 'model-notes' });
  private readonly reasons: WordChoice;
  private rejecting: string | null = null;
  private lastReason: string | null = null;
  private shown = '';

  constructor(
    private readonly acts: Acts,
    private readonly places: Places,
    private readonly jump: (suggestion: Suggestion) => void,
    /** Accept the selected one and reshape its mark. */
    private readonly edit: () => void,
  ) {
    this.reasons = new WordChoice(
      {
        asks: 'Why is it rejected?',
        placeholder: 'Another reason, then Enter',
        none: { words: 'No reason', key: 'x' },
      },
      (reason) => this.finishRejecting(reason),
      () => this.stopRejecting(),
    );
    this.many = h(
      'div',
      { class: 'accept-many' },
      h('label', {}, 'Score from ', this.threshold, ' %'),
      this.acceptMany,
    );
    this.element = h(
      'section',
      { class: 'panel suggestions', hidden: true },
      h('h2', {}, 'Suggestions'),
      ...acts.sliceSummaries.map((one) => h('p', { class: 'hint slice-summary' }, summaryWords(one, acts))),
      this.modelNotes,
      this.many,
      this.list,
    );
  }

  update(): void {
    const { acts } = this;
    const open = acts.openSuggestions();
    this.element.hidden = open.length === 0;
    const { selectedSuggestion } = acts.ui.now;
    if (
      this.rejecting !== null &&
      (selectedSuggestion !== this.rejecting || !open.some((s) => s.id === this.rejecting))
    )
      this.rejecting = null;
    const trouble = open.map((s) => acts.workspace.queue.trouble('decision', s.id)?.message ?? '');
    const state = JSON.stringify([open.map((s) => s.id), selectedSuggestion, acts.mayEdit, trouble, this.rejecting]);
    if (state === this.shown) return;
    this.shown = state;
    // Above the list: eight calipers would push it out of sight.
    this.many.hidden = open.length < 2 || !acts.mayEdit;
    this.showCount();
    const notes = notesOfModels(open);
    this.modelNotes.replaceChildren(
      ...notes.map((words) => h('p', { class: 'model-note' }, h('span', {}, signOf(words, notes)), ` ${words}`)),
    );
    this.reasons.keepFocus(() =>
      this.list.replaceChildren(...open.map((s, i) => this.row(s, trouble[i] ?? '', notes))),
    );
    const selected = this.list.querySelector('.suggestion.selected');
    selected?.scrollIntoView({ block: 'nearest' });
    if (this.rejecting !== null) this.reasons.focus();
  }

  /** Accept every one from the threshold on, as one step. */
  acceptAll(): void {
    acceptSuggestions(
      this.acts,
      this.sureEnough().map((s) => s.id),
    );
  }

  /** Ask why; the keys go to the reasons. */
  askWhy(suggestion: Suggestion): void {
    if (!this.acts.mayEdit) return;
    this.jump(suggestion);
    this.rejecting = suggestion.id;
    // What was said last is the first to choose from when it is none of the usual words.
    const own = this.lastReason && !USUAL_REASONS.some((r) => r === this.lastReason) ? [this.lastReason] : [];
    this.reasons.offer([...USUAL_REASONS, ...own]);
    this.shown = '';
    this.update();
  }

  /** Reject for the reason given last; where none was given yet, ask. */
  rejectAgain(suggestion: Suggestion): void {
    if (this.lastReason === null) this.askWhy(suggestion);
    else this.reject(suggestion.id, this.lastReason);
  }

  private finishRejecting(reason: string): void {
    const id = this.rejecting;
    this.stopRejecting();
    if (id) this.reject(id, reason);
  }

  private stopRejecting(): void {
    this.rejecting = null;
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    this.update();
  }

  private reject(id: string, reason: string): void {
    const { acts } = this;
    const next = neighbour(acts.openSuggestions(), id, 1);
    this.lastReason = reason;
    rejectSuggestion(acts, id, reason);
    acts.ui.set({ selectedSuggestion: null });
    if (next && next.id !== id) this.jump(next);
  }

  private sureEnough(): Suggestion[] {
    const percent = Number(this.threshold.value);
    return this.threshold.value === '' || !Number.isFinite(percent)
      ? []
      : atLeast(this.acts.openSuggestions(), percent);
  }

  private showCount(): void {
    const count = this.sureEnough().length;
    setText(this.acceptMany, count === 1 ? 'Accept 1' : `Accept ${count}`);
    this.acceptMany.disabled = count === 0;
  }

  private row(suggestion: Suggestion, trouble: string, notes: readonly string[]): HTMLElement {
    const { acts } = this;
    const selected = acts.ui.now.selectedSuggestion === suggestion.id;
    const score = Math.round(suggestion.score * 100);
    return h(
      'div',
      { class: selected ? 'suggestion selected' : 'suggestion', 'data-suggestion': suggestion.id },
      h(
        'button',
        { type: 'button', class: 'mark-jump', onclick: () => this.jump(suggestion) },
        h('span', {}, `${suggestion.label || suggestion.kind} ${score} %`, modelSign(suggestion, notes)),
        h('small', {}, `${this.places.words(suggestion.frame)} · ${suggestion.model}`),
      ),
      acts.mayEdit &&
        h(
          'button',
          { type: 'button', title: 'Accept (A)', onclick: () => acceptSuggestions(acts, [suggestion.id]) },
          'Accept',
        ),
      acts.mayEdit &&
        selected &&
        h(
          'button',
          { type: 'button', class: 'quiet', title: 'Accept and edit (Shift + V)', onclick: this.edit },
          'Edit',
        ),
      acts.mayEdit &&
        h(
          'button',
          { type: 'button', class: 'quiet', title: 'Reject (X)', onclick: () => this.askWhy(suggestion) },
          'Reject',
        ),
      suggestion.note ? h('p', { class: 'note' }, suggestion.note) : null,
      trouble ? h('p', { class: 'trouble', role: 'alert' }, trouble) : null,
      this.rejecting === suggestion.id ? this.reasons.element : null,
    );
  }
}
