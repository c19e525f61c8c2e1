/** Over a picture: where the planes of other panes cut it, the place the reader pointed at, and marks that a plane cuts. */
import { SHAPES } from '../marks/shapes';
import { applyAffine, type ImagePlane, imagePlane, worldToPixel } from '../model/geometry';
import type { FrameJson, Point, StackJson } from '../model/pictures';
import { above, crossings, cutLine } from '../model/reference_lines';
import { s } from '../page/dom';
import type { PaneLayer } from './layer';
import type { ShownMark } from './marks_layer';
import type { Pane } from './pane';

export interface CrossingMark {
  mark: ShownMark;
  frame: FrameJson;
}

interface Line {
  name: string;
  ends: readonly [Point, Point];
  colour?: string;
}

/** The cross is shown on planes this near to the place, in parts of a pixel of theirs. */
const ON_THE_PLANE = 1.5;
const CROSS = 9;

export class PlaneLines implements PaneLayer {
  readonly element: SVGSVGElement = s('svg', { class: 'plane-lines', 'aria-hidden': 'true' });
  private lines: readonly Line[] = [];
  private drawn = '';

  constructor(
    private readonly pane: Pane,
    /** The other panes that show the same volume. */
    private readonly beside: () => readonly Pane[],
    private readonly marksOf: (stack: StackJson) => readonly CrossingMark[],
  ) {}

  update(): void {
    this.lines = [...this.referenceLines(), ...this.markLines()];
    this.follow();
  }

  follow(): void {
    const map = this.pane.pixelToPane;
    const cross = this.crossAt();
    const key = map && (this.lines.length > 0 || cross) ? JSON.stringify([map, this.lines, cross]) : '';
    if (key === this.drawn) return;
    this.drawn = key;
    const elements: SVGElement[] = [];
    if (map && key) {
      for (const { name, ends, colour } of this.lines) {
        const [[x1, y1], [x2, y2]] = [applyAffine(map, ends[0]), applyAffine(map, ends[1])];
        elements.push(s('line', { class: name, x1, y1, x2, y2, stroke: colour }));
      }
      if (cross) {
        const [x, y] = applyAffine(map, cross);
        elements.push(
          s('line', { class: 'cross', x1: x - CROSS, y1: y, x2: x + CROSS, y2: y }),
          s('line', { class: 'cross', x1: x, y1: y - CROSS, x2: x, y2: y + CROSS }),
        );
      }
    }
    this.element.replaceChildren(...elements);
  }

  private referenceLines(): Line[] {
    const { plane, size } = this.pane;
    if (!plane) return [];
    return this.beside().flatMap((other) => {
      const ends = other.plane && cutLine(plane, size.columns, size.rows, other.plane);
      return ends ? [{ name: 'reference', ends }] : [];
    });
  }

  /** Marks lie on acquired slices: a plane shows where it cuts them, and nobody takes hold of them there. */
  private markLines(): Line[] {
    const { plane, stack, reformatted } = this.pane;
    if (!plane || !stack || !reformatted) return [];
    return this.marksOf(stack).flatMap(({ mark, frame }) =>
      crossings(SHAPES[mark.kind].outline(mark.points), imagePlane(frame.geometry), plane).map(([from, to]) => ({
        name: 'crossing',
        ends: [worldToPixel(plane, from), worldToPixel(plane, to)] as const,
        colour: mark.colour,
      })),
    );
  }

  private crossAt(): Point | null {
    const { plane, crosshair } = this.pane;
    if (!plane || !crosshair) return null;
    return Math.abs(above(plane, crosshair)) <= ON_THE_PLANE * pixelOf(plane) ? worldToPixel(plane, crosshair) : null;
  }
}

function pixelOf(plane: ImagePlane): number {
  return Math.max(plane.columnSpacing, plane.rowSpacing);
}
