/** The circle under the mouse that shows how large the brush is, as it will paint: in stored pixels, at every zoom. */
import type { Brush } from '../masks/brush';
import { s } from '../page/dom';
import type { PaneLayer } from './layer';
import type { Pane } from './pane';

export class BrushCursor implements PaneLayer {
  readonly element: SVGSVGElement;
  private readonly rings: readonly SVGEllipseElement[];
  private at: readonly [clientX: number, clientY: number] | null = null;

  constructor(
    private readonly pane: Pane,
    /** The brush in the reader's hand; null: another tool. */
    private readonly brush: () => Brush | null,
  ) {
    // White on black, to be seen on bone and on air.
    this.rings = ['under', 'over'].map((name) => s('ellipse', { class: name, 'vector-effect': 'non-scaling-stroke' }));
    this.element = s('svg', { class: 'brush-cursor', 'aria-hidden': 'true' }, ...this.rings);
    pane.element.addEventListener('pointermove', (event) => this.moved([event.clientX, event.clientY]));
    pane.element.addEventListener('pointerleave', () => this.moved(null));
  }

  update(): void {
    this.place();
  }

  follow(): void {
    this.place();
  }

  private moved(at: readonly [number, number] | null): void {
    this.at = at;
    this.place();
  }

  private place(): void {
    const brush = this.at ? this.brush() : null;
    const map = brush && this.pane.pixelToPane;
    const centre = brush && this.at && this.pane.pixelAt(...this.at);
    this.element.style.display = map && centre ? '' : 'none';
    if (!brush || !map || !centre) return;
    for (const ring of this.rings) {
      ring.setAttribute('transform', `matrix(${map.a} ${map.b} ${map.c} ${map.d} ${map.e} ${map.f})`);
      ring.setAttribute('cx', String(centre[0]));
      ring.setAttribute('cy', String(centre[1]));
      ring.setAttribute('rx', String(brush.radius));
      ring.setAttribute('ry', String(brush.radius / brush.aspect));
    }
  }
}
