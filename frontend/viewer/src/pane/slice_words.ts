/** At a picture's edge: what the labels of its slice say. */
import { h } from '../page/dom';
import { labelColour, OTHERS } from '../panels/palette';
import type { Acts } from '../store/acts';
import { labelsInUse, wordsOf } from '../store/mark_looks';
import type { Places } from '../store/places';
import { rangeSign, rangesOn, rangeWords } from '../store/ranges';
import { labelsOn } from '../store/slice_labels';
import type { Pane } from './pane';

export class SliceWords {
  readonly element = h('ul', { class: 'slice-words' });
  private shown = '';

  constructor(
    private readonly pane: Pane,
    private readonly acts: Acts,
    private readonly places: Places,
  ) {}

  update(): void {
    const { acts, pane } = this;
    const { showsMarks, spanDraft } = acts.ui.now;
    const draft = spanDraft ? `${spanDraft.first}-${spanDraft.last}` : '';
    const state = [acts.workspace.records.version, pane.frame?.key, showsMarks, draft].join();
    if (state === this.shown) return;
    this.shown = state;
    const labels = pane.frame && showsMarks ? labelsOn(pane.frame.key, acts, this.places) : [];
    const ranges = pane.frame && showsMarks ? rangesOn(pane.frame.key, acts, this.places) : [];
    const inUse = labels.length > 0 ? labelsInUse(acts) : [];
    this.element.replaceChildren(
      ...labels.map((mark) => {
        const mine = acts.isMine(mark);
        const colour = mine ? labelColour(wordsOf(mark, acts), inUse) : OTHERS;
        return h('li', { style: `--colour:${colour}` }, mine ? mark.label : `${mark.label} (${mark.owner})`);
      }),
      ...ranges.map((range) => h('li', { class: `answered ${rangeSign(range)}` }, rangeWords(range))),
    );
  }
}
