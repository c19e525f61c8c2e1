/** On a pane's scroll bar: the spans of marks and the labels of slices, as bars whose ends drag. */
import { type Span, type SpanEnd, spanWords } from '../marks/span';
import type { StackJson } from '../model/pictures';
import type { Annotation } from '../model/reading';
import { h } from '../page/dom';
import { labelColour, OTHERS, UNASSIGNED } from '../panels/palette';
import type { Acts } from '../store/acts';
import { colourOf, labelsInUse, wordsOf } from '../store/mark_looks';
import type { Places } from '../store/places';
import { rangeSign, rangesOfCase, rangeWords } from '../store/ranges';
import { changeSpan, mayChangeSpan, spanOfRecord, spanWithEnd } from '../store/spans';
import type { Pane } from './pane';

/** What a bar is of: a mark, or a range of slices that questions are answered about. */
interface Spanning {
  id: string;
  kind: string;
  label: string;
  colour: string;
  selected: boolean;
}

export class SpanBars {
  private readonly draft = h('div', { class: 'span-bar slices draft', hidden: true });
  readonly element = h('div', { class: 'span-bars' }, this.draft);
  private readonly bars = new Map<string, { element: HTMLElement; signature: string }>();
  private known = { state: '', spanning: [] as Spanning[] };

  constructor(
    private readonly pane: Pane,
    private readonly acts: Acts,
    private readonly places: Places,
  ) {}

  update(): void {
    const { stack } = this.pane;
    const shown = new Set<string>();
    if (stack && !this.pane.reformatted && stack.frames.length > 1 && this.acts.ui.now.showsMarks) {
      for (const one of this.spanning()) {
        const span = spanOfRecord(this.acts, this.places, one.id);
        if (span?.stack !== stack) continue;
        shown.add(one.id);
        this.place(one, span);
      }
    }
    this.placeDraft();
    for (const [id, { element }] of this.bars) {
      if (shown.has(id)) continue;
      element.remove();
      this.bars.delete(id);
    }
  }

  /** The label that is being made: from where it was begun to the slice on the screen. */
  private placeDraft(): void {
    const { stack, target } = this.pane;
    const { labelFrom, rangeFrom } = this.acts.ui.now;
    const begun = labelFrom ?? rangeFrom?.frame;
    const from = begun ? this.places.of(begun) : null;
    const shown = from !== null && from.stack === stack;
    this.draft.hidden = !shown;
    if (!shown || !stack) return;
    const [first, last] = [Math.min(from.index, target), Math.max(from.index, target)];
    this.draft.style.top = `${(100 * first) / stack.frames.length}%`;
    this.draft.style.height = `${(100 * (last - first + 1)) / stack.frames.length}%`;
  }

  /** Marks of more than one slice, the selected one where it may be given more, and ranges that are answered about. */
  private spanning(): Spanning[] {
    const { acts } = this;
    const { records } = acts.workspace;
    const { selectedMark, selectedRange, colourBy } = acts.ui.now;
    const state = [records.version, selectedMark, selectedRange, colourBy].join();
    if (this.known.state === state) return this.known.spanning;
    const marks = records.live('annotation').filter((m) => m.first_frame !== null);
    const selected = selectedMark ? records.get('annotation', selectedMark) : undefined;
    if (selected?.kind === 'box' && selected.first_frame === null && !selected.deleted) marks.push(selected);
    const spanning = [
      ...marks.map((mark): Spanning => {
        const { id, kind, label } = mark;
        return { id, kind, label, colour: this.colour(mark), selected: selectedMark === id };
      }),
      ...rangesOfCase(acts, this.places).map((range): Spanning => {
        const { id } = range.answer;
        const kind = `slices answered ${rangeSign(range)}`;
        return { id, kind, label: rangeWords(range), colour: '', selected: selectedRange === id };
      }),
    ];
    this.known = { state, spanning };
    return spanning;
  }

  private place({ id, kind, label, colour, selected }: Spanning, span: Span & { stack: StackJson }): void {
    const draft = this.acts.ui.now.spanDraft;
    const { first, last } = draft?.mark === id ? draft : span;
    const count = span.stack.frames.length;
    const grips = selected && mayChangeSpan(this.acts, id);
    const signature = [first, last, count, selected, grips, label, kind, colour].join();
    const known = this.bars.get(id);
    if (known?.signature === signature) return;
    const element = known?.element ?? h('div', { 'data-span': id });
    element.className = [
      'span-bar',
      kind,
      selected && 'selected',
      first === 0 && 'at-top',
      last === count - 1 && 'at-bottom',
    ]
      .filter(Boolean)
      .join(' ');
    element.style.top = `${(100 * first) / count}%`;
    element.style.height = `${(100 * (last - first + 1)) / count}%`;
    if (colour) element.style.setProperty('--colour', colour);
    element.title = [label, spanWords({ first, last })].filter(Boolean).join(', ');
    const wanted: SpanEnd[] = grips ? ['first', 'last'] : [];
    if (element.childElementCount !== wanted.length) {
      element.replaceChildren(...wanted.map((end) => this.grip(id, end)));
    }
    if (!known) this.element.append(element);
    this.bars.set(id, { element, signature });
  }

  private colour(mark: Annotation): string {
    if (!this.acts.isMine(mark)) return OTHERS;
    const all = this.acts.myFindings;
    const finding = all.find((f) => f.id === mark.finding);
    if (mark.kind === 'slices') return labelColour(wordsOf(mark, this.acts), labelsInUse(this.acts));
    return finding ? colourOf(finding, all) : UNASSIGNED;
  }

  private grip(mark: string, end: SpanEnd): HTMLElement {
    const words = end === 'first' ? 'Drag where the span begins' : 'Drag where the span ends';
    const grip = h('div', { class: `span-grip ${end}`, title: words });
    grip.addEventListener('pointerdown', (event) => this.drag(event, grip, mark, end));
    return grip;
  }

  /** Pull one end: the picture follows it, the mark shows where it would be, and letting go saves it once. */
  private drag(event: PointerEvent, grip: HTMLElement, mark: string, end: SpanEnd): void {
    event.preventDefault();
    event.stopPropagation();
    const { ui } = this.acts;
    grip.setPointerCapture(event.pointerId);
    const pull = (e: PointerEvent): void => {
      const box = this.element.getBoundingClientRect();
      const count = this.pane.stack?.frames.length ?? 1;
      const to = Math.floor(((e.clientY - box.top) / box.height) * count);
      const span = spanWithEnd(this.acts, this.places, { mark, end, to });
      if (!span) return;
      ui.set({ spanDraft: { mark, first: span.first, last: span.last } });
      this.pane.goTo(span[end]);
    };
    const stop = (e: PointerEvent): void => {
      for (const [name, listener] of listeners) grip.removeEventListener(name, listener);
      const draft = ui.now.spanDraft;
      ui.set({ spanDraft: null });
      if (draft?.mark === mark && e.type === 'pointerup') changeSpan(this.acts, this.places, mark, draft);
    };
    const listeners = [
      ['pointermove', pull],
      ['pointerup', stop],
      ['pointercancel', stop],
    ] as const;
    for (const [name, listener] of listeners) grip.addEventListener(name, listener);
  }
}
