/** The labels of slices: from which to which, what they say, and the one that is being made. */
import { spanWords } from '../marks/span';
import type { Annotation } from '../model/reading';
import { h, setText } from '../page/dom';
import type { Acts } from '../store/acts';
import { labelsInUse, wordsOf } from '../store/mark_looks';
import type { Places } from '../store/places';
import { relabel, sliceLabels, wordsToChoose } from '../store/slice_labels';
import { labelColour } from './palette';
import type { Panel } from './panel';
import { WordChoice } from './word_choice';

const LONGEST_LABEL = 64;

export class SliceLabelsPanel implements Panel {
  readonly element: HTMLElement;
  private readonly list = h('div', {});
  private readonly making = h('p', { class: 'hint' });
  private readonly choice: WordChoice;
  /** The label whose words are being chosen. */
  private choosing: string | null = null;
  private saving = 0;
  private shown = '';

  constructor(
    private readonly acts: Acts,
    private readonly places: Places,
    private readonly jump: (mark: Annotation) => void,
  ) {
    this.choice = new WordChoice(
      { asks: 'What do these slices show?', placeholder: 'Other words, then Enter', none: null },
      (words) => this.finish(words),
      () => this.finish(null),
      (text) => this.writes(text),
    );
    this.element = h(
      'section',
      { class: 'panel slice-labels', hidden: true },
      h('h2', {}, 'Labels of slices'),
      this.making,
      this.list,
    );
    acts.workspace.queue.subscribe(() => {
      this.saving += 1;
    });
  }

  update(): void {
    const { acts } = this;
    const { selectedMark, labelFrom } = acts.ui.now;
    const state = [acts.workspace.records.version, this.saving, selectedMark, labelFrom, this.choosing].join();
    if (state === this.shown) return;
    this.shown = state;
    const labels = sliceLabels(acts, this.places);
    if (this.choosing && !labels.some((m) => m.id === this.choosing)) {
      this.choosing = null;
      acts.ui.set({ writing: null });
    }
    this.element.hidden = labels.length === 0 && labelFrom === null;
    this.making.hidden = labelFrom === null;
    if (labelFrom)
      setText(this.making, `From ${this.places.words(labelFrom)} to the slice where you press the key again`);
    const inUse = labelsInUse(acts);
    const row = (mark: Annotation): HTMLElement => this.row(mark, labelColour(wordsOf(mark, acts), inUse));
    this.choice.keepFocus(() => this.list.replaceChildren(...labels.map(row)));
    if (this.choosing) this.choice.focus();
  }

  /** Ask for the words of a label; the keys go there. `begun`: what was typed of them on a page that is gone. */
  askWords(id: string, begun = ''): void {
    if (!this.acts.mayEdit) return;
    this.choosing = id;
    this.choice.offer(wordsToChoose(this.acts), LONGEST_LABEL, begun);
    this.writes(begun);
    this.update();
  }

  private writes(text: string): void {
    if (this.choosing) this.acts.ui.set({ writing: { mark: this.choosing, text, before: '' } });
  }

  private finish(words: string | null): void {
    const id = this.choosing;
    this.choosing = null;
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    if (id && words) relabel(this.acts, id, words);
    this.acts.ui.set({ writing: null });
    this.update();
  }

  private row(mark: Annotation, colour: string): HTMLElement {
    const { acts } = this;
    const span = this.places.spanOf(mark);
    const selected = acts.ui.now.selectedMark === mark.id;
    const trouble = acts.workspace.queue.trouble('annotation', mark.id);
    const stack = acts.manifest.stacks.length > 1 ? span?.stack.title : '';
    return h(
      'div',
      {
        class: selected ? 'slice-label selected' : 'slice-label',
        'data-label': mark.id,
        style: `--colour:${colour}`,
      },
      h('span', { class: 'swatch' }),
      h(
        'button',
        { type: 'button', class: 'mark-jump', title: 'Show where it begins', onclick: () => this.jump(mark) },
        h('span', {}, mark.label),
        h('small', {}, [stack, span ? spanWords(span) : ''].filter(Boolean).join(', ')),
      ),
      acts.mayEdit && h('button', { type: 'button', class: 'quiet', onclick: () => this.askWords(mark.id) }, 'Rename'),
      acts.mayEdit &&
        h(
          'button',
          {
            type: 'button',
            class: 'quiet',
            'aria-label': 'Delete label',
            title: 'Delete this label',
            onclick: () => acts.deleteMark(mark.id),
          },
          '✕',
        ),
      trouble ? h('p', { class: 'trouble', role: 'alert' }, trouble.message) : null,
      this.choosing === mark.id ? this.choice.element : null,
    );
  }
}
