/** One mark as SVG: its lines in stored pixels, and on the screen what keeps its size: signs, words, handles. */
import { linesOf } from '../marks/shape';
import { SHAPES } from '../marks/shapes';
import { type Affine, applyAffine } from '../model/geometry';
import type { Point } from '../model/pictures';
import type { MarkKind } from '../model/reading';
import { s } from '../page/dom';
import { textScale } from '../page/text_scale';
import { signOf } from './mark_signs';
import type { ShownMark } from './marks_layer';
import type { WordsBox } from './words_apart';

export const REFUSED_COLOUR = '#ff5a5f';
const MOST_HANDLES = 160;
/** Pixels where words have their usual size; 1.2 times the letters' height, as pane.css and text_size.css have it. */
const LINE_HEIGHT = 15;
/** Of a letter, on the average of a wide font. */
const LETTER_WIDTH = 7.3;

/** Where the pane looks: stored pixels to its own, and how wide it is. */
export interface Sight {
  affine: Affine;
  width: number;
}

export class MarkView {
  /** Inside the group that has the camera's matrix. */
  readonly line: SVGPathElement;
  /** Inside the group that lies on the screen. */
  readonly onScreen: SVGGElement;
  private readonly sign: SVGPathElement;
  private readonly label: SVGTextElement;
  private readonly handles: SVGPathElement;
  private mark: ShownMark | null = null;
  private looks = '';
  private words = '';
  private box: WordsBox | null = null;

  constructor() {
    this.line = s('path', { fill: 'none', 'stroke-linejoin': 'round', 'vector-effect': 'non-scaling-stroke' });
    this.sign = s('path', { fill: 'none', 'stroke-linejoin': 'round' });
    this.label = s('text', { class: 'mark-label' });
    this.handles = s('path', { class: 'handle' });
    this.onScreen = s('g', {}, this.sign, this.label, this.handles);
  }

  /** Show a mark, or another state of it; `values` are the lines of words under its name. */
  show(mark: ShownMark, values: readonly string[], sight: Sight | null): void {
    const before = this.mark;
    this.mark = mark;
    const colour = mark.refused ? REFUSED_COLOUR : mark.colour;
    const isMoved = before?.points !== mark.points || before.kind !== mark.kind;
    if (isMoved) {
      this.line.setAttribute('d', pathOf(mark.kind, mark.points, SHAPES[mark.kind].closed));
    }
    const looks = [mark.id, colour, mark.selected, mark.dashed, mark.locked, mark.strength].join();
    const isRestyled = looks !== this.looks;
    if (isRestyled) {
      this.looks = looks;
      this.line.dataset.mark = mark.id;
      this.onScreen.dataset.mark = mark.id;
      for (const part of [this.line, this.sign]) {
        part.setAttribute('stroke', colour);
        part.setAttribute('stroke-width', String((mark.selected ? 2.4 : 1.6) * textScale()));
        if (mark.dashed) part.setAttribute('stroke-dasharray', '6 4');
        else part.removeAttribute('stroke-dasharray');
      }
      this.label.setAttribute('fill', colour);
      for (const part of [this.line, this.sign, this.label]) part.style.opacity = String(mark.strength ?? 1);
    }
    const isReworded = this.setWords(
      [mark.refused ? `${mark.label} — ${mark.refused}` : mark.label, ...values].filter(Boolean),
    );
    if (sight && (isMoved || isRestyled || isReworded)) this.place(sight);
  }

  /** Follow the camera. */
  place({ affine, width }: Sight): void {
    const { mark } = this;
    if (!mark) return;
    const points = mark.points.map((p) => applyAffine(affine, p));
    const sign = signOf(mark.kind, points, mark.selected);
    this.sign.setAttribute('d', mark.dashed && mark.kind === 'point' ? sign + circle(points[0] as Point, 11) : sign);
    if (this.words) {
      const lines = this.words.split('\n');
      const long = Math.max(...lines.map((line) => line.length)) * LETTER_WIDTH * textScale();
      const [x, y] = labelPlace(mark.kind, points, { long, lines: lines.length, width });
      const high = LINE_HEIGHT * textScale();
      // A line of words stands on its place.
      this.box = { left: x, top: y - high, long, high: high * lines.length };
      this.putWords(0);
    } else this.box = null;
    this.handles.setAttribute('d', mark.selected && !mark.dashed && !mark.locked ? this.handlePath(mark, affine) : '');
  }

  /** Where the words stand on the screen by themselves; null where there are none. */
  get wordsBox(): WordsBox | null {
    return this.box;
  }

  /** Stand so many pixels lower: other words are there. */
  putWords(lower: number): void {
    if (!this.box) return;
    const y = this.box.top + LINE_HEIGHT * textScale() + lower;
    this.label.setAttribute('transform', `translate(${this.box.left.toFixed(1)} ${y.toFixed(1)})`);
  }

  remove(): void {
    this.line.remove();
    this.onScreen.remove();
  }

  private handlePath(mark: ShownMark, affine: Affine): string {
    const at = SHAPES[mark.kind].handles(mark.points);
    const every = Math.max(1, Math.ceil(at.length / MOST_HANDLES));
    const size = (at.length <= 8 ? 7 : 5) * textScale();
    return at
      .filter((_, i) => i % every === 0)
      .map((p) => applyAffine(affine, p))
      .map(([x, y]) => `M${x - size / 2} ${y - size / 2}h${size}v${size}h${-size}Z`)
      .join('');
  }

  /** Whether they are others than before. */
  private setWords(lines: readonly string[]): boolean {
    const words = lines.join('\n');
    if (words === this.words) return false;
    this.words = words;
    this.label.replaceChildren(...lines.map((line, i) => s('tspan', { x: 0, dy: i === 0 ? 0 : '1.2em' }, line)));
    return true;
  }
}

/** The lines of a mark as an SVG path in stored pixels; a mask is drawn by its own layer. */
export function pathOf(kind: MarkKind, points: readonly Point[], closed: boolean): string {
  if (kind === 'point' || kind === 'mask' || points.length === 0) return '';
  return linesOf(SHAPES[kind], points)
    .map((line) => line.map(([c, r], i) => `${i ? 'L' : 'M'}${c} ${r}`).join('') + (closed ? 'Z' : ''))
    .join('');
}

interface Words {
  /** Screen pixels from left to right, about. */
  long: number;
  lines: number;
  /** Of the pane. */
  width: number;
}

/** Right of what is marked, at its top, left of it where the pane ends; an arrow's words stand at its tail. */
function labelPlace(kind: MarkKind, points: readonly Point[], { long, lines, width }: Words): Point {
  const fits = (x: number): boolean => x + long <= width;
  const high = LINE_HEIGHT * textScale();
  if (kind === 'arrow' && points.length === 2) {
    const [tip, tail] = points as [Point, Point];
    const x = fits(tail[0] + 5) ? tail[0] + 5 : Math.max(2, width - long);
    return [x, tail[1] + (tail[1] < tip[1] ? -4 - (lines - 1) * high : high)];
  }
  const right = Math.max(...points.map((p) => p[0]));
  const left = Math.min(...points.map((p) => p[0]));
  const top = Math.min(...points.map((p) => p[1]));
  if (fits(right + 5)) return [right + 5, top - 2];
  // Left of it; over it where the mark is as wide as the pane.
  return left - long - 5 >= 0 ? [left - long - 5, top - 2] : [Math.max(2, width - long), Math.max(top - 2, high)];
}

function circle([x, y]: Point, radius: number): string {
  return `M${x - radius} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0`;
}
