/**
 * The marks over a picture, as SVG that follows the viewport's camera.
 *
 * Lines are drawn in stored pixels inside one group whose matrix is the camera's, so that scrolling and zooming
 * set one attribute; signs, handles and words keep their size and are placed on the screen. Each mark keeps its own
 * elements: one that is dragged costs the same alone as among five hundred.
 */
import type { Affine } from '../model/geometry';
import { applyAffine } from '../model/geometry';
import type { Point } from '../model/pictures';
import type { MarkKind, MaskRuns } from '../model/reading';
import { s } from '../page/dom';
import { textScale } from '../page/text_scale';
import { signOf } from './mark_signs';
import { MarkView, pathOf, type Sight } from './mark_view';
import type { Pane } from './pane';
import { type WordsBox, wordsApart } from './words_apart';

export interface ShownMark {
  id: string;
  kind: MarkKind;
  points: readonly Point[];
  /** Of a mask, which the mask layer draws. */
  mask?: MaskRuns | null;
  colour: string;
  label: string;
  selected: boolean;
  /** A model's suggestion: dashed. */
  dashed: boolean;
  /** 0 to 1, less away from the centre of its span and while another finding is chosen; 1 where it is left out. */
  strength?: number;
  /** The server did not accept it: red. */
  refused: string | null;
  /** Of a suggestion: why it may not fit. */
  note?: string;
  /** No handles: it is not to be moved. */
  locked?: boolean;
}

export interface Draft {
  kind: MarkKind;
  points: readonly Point[];
  closed: boolean;
  /** Points that the reader has set. */
  dots?: readonly Point[];
  /** It will end where it began: a dashed line says so. */
  closes?: boolean;
  /** The frame that it is drawn on, where the reader may look at others meanwhile. */
  frame?: string;
}

/** What a mark measures, as lines of words under its name. */
export type Describe = (mark: ShownMark) => readonly string[];

const DRAFT_COLOUR = '#ffffff';
/** With more words than these on one slice nobody reads them, and it would take its time. */
const MOST_PARTED = 40;

export class MarksLayer {
  readonly element: SVGSVGElement;
  private readonly shapes: SVGGElement;
  private readonly draftGroup: SVGGElement;
  private readonly screen: SVGGElement;
  private readonly draftScreen: SVGGElement;
  private readonly draftLine: SVGPathElement;
  private readonly draftClosing: SVGPathElement;
  private readonly draftSign: SVGPathElement;
  private readonly draftLabel: SVGTextElement;
  private readonly views = new Map<string, MarkView>();
  /** Told when other marks are shown, or where one is being pulled to. */
  onShown: () => void = () => undefined;
  private marks: readonly ShownMark[] = [];
  private draft: Draft | null = null;
  /** A mark whose points follow the mouse while it is being reshaped. */
  private override: { id: string; points: readonly Point[] } | null = null;

  constructor(
    private readonly pane: Pane,
    /** Set by the page, which knows calibrations and pixels. */
    public describe: Describe = () => [],
  ) {
    this.shapes = s('g', {});
    const draft = { fill: 'none', stroke: DRAFT_COLOUR, 'stroke-width': 1.6 * textScale(), 'stroke-linejoin': 'round' };
    this.draftLine = s('path', { ...draft, 'vector-effect': 'non-scaling-stroke' });
    this.draftClosing = s('path', {
      ...draft,
      'stroke-width': 1,
      'stroke-dasharray': '4 4',
      'vector-effect': 'non-scaling-stroke',
    });
    this.draftGroup = s('g', {}, this.draftLine, this.draftClosing);
    this.draftSign = s('path', draft);
    this.draftLabel = s('text', { class: 'mark-label', fill: DRAFT_COLOUR });
    this.screen = s('g', {});
    this.draftScreen = s('g', {}, this.draftSign, this.draftLabel);
    this.element = s(
      'svg',
      { class: 'marks', 'aria-hidden': 'true' },
      this.shapes,
      this.draftGroup,
      this.screen,
      this.draftScreen,
    );
  }

  show(marks: readonly ShownMark[]): void {
    this.marks = marks;
    const { sight } = this;
    const there = new Set(marks.map((m) => m.id));
    for (const [id, view] of this.views) {
      if (there.has(id)) continue;
      view.remove();
      this.views.delete(id);
    }
    let before: MarkView | null = null;
    for (const mark of this.shown) {
      if (mark.points.length === 0) continue;
      let view = this.views.get(mark.id);
      if (!view) {
        view = new MarkView();
        this.views.set(mark.id, view);
      }
      view.show(mark, this.describe(mark), sight);
      this.keepOrder(view, before);
      before = view;
    }
    this.follow();
    this.partWords();
    this.onShown();
  }

  setDraft(draft: Draft | null): void {
    this.draft = draft;
    this.drawDraft(this.affine);
  }

  /** Points of one mark in place of its own, while the mouse pulls it. */
  setOverride(override: { id: string; points: readonly Point[] } | null): void {
    const ids = new Set([this.override?.id, override?.id]);
    this.override = override;
    const { sight } = this;
    for (const mark of this.shown) {
      if (ids.has(mark.id)) this.views.get(mark.id)?.show(mark, this.describe(mark), sight);
    }
    this.partWords();
    this.onShown();
  }

  get hasDraft(): boolean {
    return this.draft !== null;
  }

  /** Marks as they are drawn, those being reshaped included. */
  get shown(): readonly ShownMark[] {
    return this.override
      ? this.marks.map((m) => (m.id === this.override?.id ? { ...m, points: this.override.points } : m))
      : this.marks;
  }

  /** The words under the marks may have changed: a picture's values have come. */
  redescribe(): void {
    const { sight } = this;
    for (const mark of this.shown) {
      if (mark.selected) this.views.get(mark.id)?.show(mark, this.describe(mark), sight);
    }
    this.partWords();
  }

  /** Follow the camera. */
  follow(): void {
    const { affine } = this;
    this.element.style.visibility = affine ? 'visible' : 'hidden';
    if (!affine) return;
    const matrix = `matrix(${affine.a} ${affine.b} ${affine.c} ${affine.d} ${affine.e} ${affine.f})`;
    const isSame = this.shapes.getAttribute('transform') === matrix;
    this.drawDraft(affine);
    if (isSame) return;
    this.shapes.setAttribute('transform', matrix);
    this.draftGroup.setAttribute('transform', matrix);
    const sight = { affine, width: this.pane.picture.clientWidth };
    for (const view of this.views.values()) view.place(sight);
    this.partWords();
  }

  /** Words that would cover others stand lower: readers under review mark the same thing. */
  private partWords(): void {
    const worded = [...this.views.values()].filter((view) => view.wordsBox);
    if (worded.length > MOST_PARTED) return;
    const lower = wordsApart(worded.map((view) => view.wordsBox as WordsBox));
    worded.forEach((view, i) => {
      view.putWords(lower[i] ?? 0);
    });
  }

  private get affine(): Affine | null {
    return this.pane.pixelToPane;
  }

  private get sight(): Sight | null {
    const { affine } = this;
    return affine && { affine, width: this.pane.picture.clientWidth };
  }

  private keepOrder(view: MarkView, before: MarkView | null): void {
    if (view.line.previousSibling !== (before?.line ?? null) || !view.line.parentNode) {
      this.shapes.insertBefore(view.line, before ? before.line.nextSibling : this.shapes.firstChild);
      this.screen.insertBefore(view.onScreen, before ? before.onScreen.nextSibling : this.screen.firstChild);
    }
  }

  private drawDraft(affine: Affine | null): void {
    const { draft } = this;
    const isHere = draft && (!draft.frame || draft.frame === this.pane.frame?.key);
    this.draftLine.setAttribute('d', isHere ? pathOf(draft.kind, draft.points, draft.closed) : '');
    const closing = isHere && draft.closes && draft.points.length > 2 ? [draft.points.at(-1), draft.points[0]] : [];
    this.draftClosing.setAttribute('d', pathOf('length', closing as Point[], false));
    this.draftSign.setAttribute('d', '');
    this.draftLabel.textContent = '';
    if (!isHere || !affine) return;
    const onScreen = draft.points.map((p) => applyAffine(affine, p));
    const dots = (draft.dots ?? []).map((p) => applyAffine(affine, p));
    this.draftSign.setAttribute(
      'd',
      signOf(draft.kind, onScreen, true) + dots.map(([x, y]) => `M${x - 2.5} ${y - 2.5}h5v5h-5Z`).join(''),
    );
    const last = onScreen.at(-1);
    // A line that isn't closed yet encloses nothing to be measured.
    if (!last || draft.kind === 'contour' || draft.kind === 'spline') return;
    const words = this.describe({
      id: '',
      colour: '',
      label: '',
      selected: true,
      dashed: false,
      refused: null,
      ...draft,
    });
    this.draftLabel.textContent = words[0] ?? '';
    this.draftLabel.setAttribute('transform', `translate(${last[0] + 12} ${last[1] - 8})`);
  }
}
