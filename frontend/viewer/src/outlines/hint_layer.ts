/** What the reader said of what is to be outlined: ends, a box, corrections; and that an answer is waited for. */
import { type Affine, applyAffine } from '../model/geometry';
import type { Point } from '../model/pictures';
import { s } from '../page/dom';
import { textScale } from '../page/text_scale';
import type { PaneLayer } from '../pane/layer';
import type { Pane } from '../pane/pane';
import type { Outlining, ShownHint } from './outlining';

const WORDS = { waits: 'outlining…', failed: 'not outlined', open: '' } as const;
const SIGN = 5;

export class HintLayer implements PaneLayer {
  readonly element = s('svg', { class: 'outline-hints', 'aria-hidden': 'true' });
  private hints: readonly ShownHint[] = [];

  constructor(
    private readonly pane: Pane,
    private readonly outlining: Outlining,
  ) {}

  update(): void {
    const hints = this.outlining.shownOn(this.pane.frame?.key);
    if (hints.length === 0 && this.hints.length === 0) return;
    this.hints = hints;
    this.follow();
  }

  follow(): void {
    const affine = this.pane.pixelToPane;
    if (this.hints.length === 0 && !this.element.firstChild) return;
    this.element.replaceChildren(...(affine ? this.hints.map((hint) => drawn(hint, affine)) : []));
  }
}

function drawn({ hint, state }: ShownHint, affine: Affine): SVGGElement {
  const place = (point: Point): Point => applyAffine(affine, point);
  const points = hint.points.map(place);
  const ends = hint.kind === 'box' ? s('path', { d: boxPath(hint.points, place) }) : s('path', { d: dots(points) });
  const belongs = s('path', { d: hint.added.map(place).map(plus).join('') });
  const doesNot = s('path', { d: hint.removed.map(place).map(minus).join('') });
  const all = [...points, ...hint.added.map(place), ...hint.removed.map(place)];
  const x = Math.max(...all.map((p) => p[0])) + 10;
  const y = (Math.min(...all.map((p) => p[1])) + Math.max(...all.map((p) => p[1]))) / 2;
  const words = s('text', { class: 'mark-label', x, y }, WORDS[state]);
  return s('g', { class: state, 'stroke-width': 1.5 * textScale() }, ends, belongs, doesNot, words);
}

function dots(points: readonly Point[]): string {
  const size = 6 * textScale();
  return points.map(([x, y]) => `M${x - size / 2} ${y - size / 2}h${size}v${size}h${-size}Z`).join('');
}

function boxPath([a, b]: readonly Point[], place: (point: Point) => Point): string {
  if (!a || !b) return '';
  const corners: Point[] = [a, [b[0], a[1]], b, [a[0], b[1]]];
  return `${corners
    .map(place)
    .map(([x, y], i) => `${i ? 'L' : 'M'}${x} ${y}`)
    .join('')}Z`;
}

/** A ring with a plus or a minus in it: told apart without colour. */
function ring([x, y]: Point, size: number): string {
  return `M${x - size} ${y}a${size} ${size} 0 1 0 ${2 * size} 0a${size} ${size} 0 1 0 ${-2 * size} 0`;
}

function minus(at: Point): string {
  const size = SIGN * textScale();
  return `${ring(at, size + 2)}M${at[0] - size / 1.5} ${at[1]}h${size * 1.33}`;
}

function plus(at: Point): string {
  const size = SIGN * textScale();
  return `${minus(at)}M${at[0]} ${at[1] - size / 1.5}v${size * 1.33}`;
}
