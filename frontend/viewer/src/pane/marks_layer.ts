/**
 * The marks over a picture, as SVG that follows the viewport's camera.
 *
 * Shapes are drawn in stored pixels inside one group whose matrix is the camera's, so that scrolling and zooming
 * set one attribute; handles and labels keep their size and are placed on the screen.
 */
import { SHAPES } from '../marks/shapes';
import { applyAffine } from '../model/geometry';
import type { MarkKind, Point } from '../model/types';
import { s } from '../page/dom';
import type { Pane } from './pane';

export interface ShownMark {
  id: string;
  kind: MarkKind;
  points: readonly Point[];
  colour: string;
  label: string;
  selected: boolean;
  /** A model's suggestion: dashed. */
  dashed: boolean;
  /** 0 to 1, less away from the centre of its span and while another finding is chosen; 1 where it is left out. */
  strength?: number;
  /** The server did not accept it: red. */
  refused: string | null;
}

export interface Draft {
  kind: MarkKind;
  points: readonly Point[];
  closed: boolean;
}

const REFUSED_COLOUR = '#ff5a5f';
const MOST_HANDLES = 160;

export class MarksLayer {
  readonly element: SVGSVGElement;
  private readonly shapes: SVGGElement;
  private readonly draftGroup: SVGGElement;
  private readonly screen: SVGGElement;
  private marks: readonly ShownMark[] = [];
  private draft: Draft | null = null;
  /** A mark whose points follow the mouse while it is being reshaped. */
  private override: { id: string; points: readonly Point[] } | null = null;

  constructor(private readonly pane: Pane) {
    this.shapes = s('g', {});
    this.draftGroup = s('g', {});
    this.screen = s('g', {});
    this.element = s('svg', { class: 'marks', 'aria-hidden': 'true' }, this.shapes, this.draftGroup, this.screen);
  }

  show(marks: readonly ShownMark[]): void {
    this.marks = marks;
    this.rebuild();
  }

  setDraft(draft: Draft | null): void {
    this.draft = draft;
    this.draftGroup.replaceChildren();
    if (draft) this.draftGroup.append(shapeOf(draft.kind, draft.points, '#ffffff', 1.6, draft.closed, null));
    this.follow();
  }

  setOverride(override: { id: string; points: readonly Point[] } | null): void {
    this.override = override;
    this.rebuild();
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

  /** Follow the camera. */
  follow(): void {
    const affine = this.pane.pixelToPane;
    this.element.style.visibility = affine ? 'visible' : 'hidden';
    if (!affine) return;
    const matrix = `matrix(${affine.a} ${affine.b} ${affine.c} ${affine.d} ${affine.e} ${affine.f})`;
    this.shapes.setAttribute('transform', matrix);
    this.draftGroup.setAttribute('transform', matrix);
    this.screen.replaceChildren();
    for (const mark of this.shown) {
      const onScreen = mark.points.map((p) => applyAffine(affine, p));
      const drawn: SVGElement[] = mark.kind === 'point' ? [cross(onScreen[0] as Point, mark)] : [];
      drawn.push(labelOf(mark, onScreen));
      for (const one of drawn) if (mark.strength !== undefined) one.style.opacity = String(mark.strength);
      this.screen.append(...drawn);
      if (mark.selected && !mark.dashed) this.screen.append(...handlesOf(mark, onScreen));
    }
  }

  private rebuild(): void {
    this.shapes.replaceChildren(
      ...this.shown
        .filter((m) => m.kind !== 'point')
        .map((m) => {
          const colour = m.refused ? REFUSED_COLOUR : m.colour;
          const shape = shapeOf(
            m.kind,
            m.points,
            colour,
            m.selected ? 2.4 : 1.6,
            SHAPES[m.kind].closed,
            m.dashed ? '6 4' : null,
          );
          shape.dataset.mark = m.id;
          if (m.strength !== undefined) shape.style.opacity = String(m.strength);
          return shape;
        }),
    );
    this.follow();
  }
}

function shapeOf(
  kind: MarkKind,
  points: readonly Point[],
  colour: string,
  width: number,
  closed: boolean,
  dashes: string | null,
): SVGPathElement {
  const outline = SHAPES[kind].outline(points);
  const d = outline.map(([c, r], i) => `${i ? 'L' : 'M'}${c} ${r}`).join('') + (closed ? 'Z' : '');
  return s('path', {
    d,
    fill: 'none',
    stroke: colour,
    'stroke-width': width,
    'stroke-linejoin': 'round',
    'stroke-dasharray': dashes,
    'vector-effect': 'non-scaling-stroke',
  });
}

function cross([x, y]: Point, mark: ShownMark): SVGGElement {
  const colour = mark.refused ? REFUSED_COLOUR : mark.colour;
  const size = mark.selected ? 9 : 7;
  const common = { stroke: colour, 'stroke-width': mark.selected ? 2.2 : 1.6 };
  const lines = [
    s('line', { x1: x - size, y1: y, x2: x - 2, y2: y, ...common }),
    s('line', { x1: x + 2, y1: y, x2: x + size, y2: y, ...common }),
    s('line', { x1: x, y1: y - size, x2: x, y2: y - 2, ...common }),
    s('line', { x1: x, y1: y + 2, x2: x, y2: y + size, ...common }),
  ];
  if (mark.dashed) {
    lines.push(s('circle', { cx: x, cy: y, r: size + 2, fill: 'none', 'stroke-dasharray': '3 3', ...common }) as never);
  }
  const group = s('g', {}, ...lines);
  group.dataset.mark = mark.id;
  return group;
}

function labelOf(mark: ShownMark, onScreen: readonly Point[]): SVGTextElement {
  const right = Math.max(...onScreen.map((p) => p[0]));
  const top = Math.min(...onScreen.map((p) => p[1]));
  return s(
    'text',
    { x: right + 5, y: top - 2, class: 'mark-label', fill: mark.refused ? REFUSED_COLOUR : mark.colour },
    mark.refused ? `${mark.label} — not accepted` : mark.label,
  );
}

function handlesOf(mark: ShownMark, onScreen: readonly Point[]): SVGElement[] {
  const at = SHAPES[mark.kind].handles(onScreen);
  const every = Math.max(1, Math.ceil(at.length / MOST_HANDLES));
  const size = mark.kind === 'box' ? 7 : 5;
  return at
    .filter((_, i) => i % every === 0)
    .map(([x, y]) => s('rect', { x: x - size / 2, y: y - size / 2, width: size, height: size, class: 'handle' }));
}
