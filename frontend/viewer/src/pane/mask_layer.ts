/**
 * Masks over a pane's picture: one canvas of the screen's own pixels, drawn anew where something changed.
 *
 * What is shown is drawn from the stored pixels through the camera, so it lies where they lie at every zoom, flip and
 * resolution. While a stroke is painted only the part of the screen that it touched is drawn.
 */
import { around, type Bitmap, type Box, overlap } from '../masks/bitmap';
import { boxOnScreen, type DrawnMask, drawMasks, rgbOf } from '../masks/drawing';
import { outlinesOf } from '../masks/outlines';
import { bitmapOf } from '../masks/runs';
import { type Affine, invertAffine } from '../model/geometry';
import type { MaskRuns } from '../model/reading';
import { h } from '../page/dom';
import type { PaneLayer } from './layer';
import { REFUSED_COLOUR } from './mark_view';
import type { MarksLayer, ShownMark } from './marks_layer';
import type { Pane } from './pane';

/** A mask that is being painted, in a bitmap of the whole frame; it stands for the mark, if it has one already. */
export interface Painting {
  mark: string | null;
  bitmap: Bitmap;
  colour: string;
}

const FILL = 0.2;
const SELECTED_FILL = 0.34;
const LINE = 1;
const SELECTED_LINE = 2;
const DASHES = [6, 4];

export class MaskLayer implements PaneLayer {
  readonly element = h('canvas', { class: 'mask-layer', 'aria-hidden': 'true' });
  private readonly context = this.element.getContext('2d');
  private painting: Painting | null = null;
  private dirty: Box | null = null;
  private waiting = 0;
  /** What the canvas holds: equal again means that nothing is to be drawn. */
  private drawn: unknown[] = [];
  private readonly dashed = new WeakMap<MaskRuns, Path2D>();

  constructor(
    private readonly pane: Pane,
    private readonly marks: MarksLayer,
  ) {
    marks.onShown = () => this.update();
  }

  update(): void {
    this.draw();
  }

  follow(): void {
    this.draw();
  }

  /** Show a mask while it is painted; say with `touch` where it changed. */
  paint(painting: Painting): void {
    this.painting = painting;
  }

  touch(box: Box): void {
    this.dirty = this.dirty ? around(this.dirty, box) : box;
    this.waiting ||= requestAnimationFrame(() => {
      this.waiting = 0;
      const touched = this.dirty;
      this.dirty = null;
      if (touched && this.painting) this.drawPart(touched);
    });
  }

  /** The stroke is over: what is shown are the marks again, in the next picture. */
  stopPainting(): void {
    this.painting = null;
    this.dirty = null;
    this.drawn = [];
    requestAnimationFrame(() => this.draw());
  }

  private get shown(): readonly ShownMark[] {
    return this.marks.shown.filter((m) => m.kind === 'mask' && m.mask && m.id !== this.painting?.mark);
  }

  private draw(): void {
    const map = this.mapToScreen();
    const shown = map ? this.shown : [];
    const state = [
      ...(map ? Object.values(map) : []),
      ...this.fitCanvas(),
      this.painting?.bitmap,
      ...shown.flatMap((m) => [m.mask, ...m.points.flat(), m.colour, m.selected, m.strength, m.refused]),
    ];
    if (state.length === this.drawn.length && state.every((value, i) => Object.is(value, this.drawn[i]))) return;
    const wasEmpty = this.drawn.length === 0;
    this.drawn = state;
    if (wasEmpty && shown.length === 0 && !this.painting) this.clear();
    else this.redraw(map, shown);
  }

  private redraw(map: Affine | null, shown: readonly ShownMark[]): void {
    this.clear();
    if (!map) return;
    const masks = this.drawnMasks(shown);
    const boxes = masks.map(({ bitmap }) => boxOnScreen(bitmap, map, 1));
    const part = boxes.length > 0 ? boxes.reduce(around) : null;
    if (part) this.put(part, map, masks);
    for (const mark of shown) if (mark.dashed) this.dash(mark, map);
  }

  private drawPart(touched: Box): void {
    const map = this.mapToScreen();
    if (map) this.put(boxOnScreen(touched, map, SELECTED_LINE * this.scale + 1), map, this.drawnMasks(this.shown));
  }

  /** Replace a part of the canvas by the masks that lie there. */
  private put(part: Box, map: Affine, masks: readonly DrawnMask[]): void {
    const { width, height } = this.element;
    const box = overlap(part, { column: 0, row: 0, columns: width, rows: height });
    if (!box || !this.context) return;
    const image = this.context.createImageData(box.columns, box.rows);
    drawMasks(new Uint32Array(image.data.buffer), box, invertAffine(map), map, masks);
    this.context.putImageData(image, box.column, box.row);
  }

  private drawnMasks(shown: readonly ShownMark[]): DrawnMask[] {
    const masks = shown
      .filter((m) => !m.dashed)
      .sort((a, b) => Number(a.selected) - Number(b.selected))
      .map((m) => this.asDrawn(bitmapOf(m.points, m.mask as MaskRuns), m));
    if (this.painting)
      masks.push(this.asDrawn(this.painting.bitmap, { colour: this.painting.colour, selected: true, refused: null }));
    return masks;
  }

  private asDrawn(bitmap: Bitmap, look: Pick<ShownMark, 'colour' | 'selected' | 'refused' | 'strength'>): DrawnMask {
    return {
      bitmap,
      colour: rgbOf(look.refused ? REFUSED_COLOUR : look.colour),
      fill: look.selected ? SELECTED_FILL : FILL,
      line: (look.selected ? SELECTED_LINE : LINE) * this.scale,
      strength: look.strength ?? 1,
    };
  }

  /** A model's suggestion: its outline, dashed like those of other marks. */
  private dash({ points, mask, colour, selected }: ShownMark, map: Affine): void {
    if (!this.context || !mask) return;
    let path = this.dashed.get(mask);
    if (!path) {
      path = new Path2D();
      for (const line of outlinesOf(bitmapOf(points, mask))) {
        for (const [c, r] of line.points) path.lineTo(c, r);
        path.closePath();
      }
      this.dashed.set(mask, path);
    }
    // Placed first and stroked then: the line has one width whatever the pixels' shape.
    const placed = new Path2D();
    placed.addPath(path, map);
    this.context.strokeStyle = colour;
    this.context.lineWidth = (selected ? 2.4 : 1.6) * this.scale;
    this.context.setLineDash(DASHES.map((length) => length * this.scale));
    this.context.stroke(placed);
  }

  private clear(): void {
    this.context?.clearRect(0, 0, this.element.width, this.element.height);
  }

  private get scale(): number {
    return Math.max(1, Math.round(window.devicePixelRatio));
  }

  private mapToScreen(): Affine | null {
    const map = this.pane.pixelToPane;
    if (!map) return null;
    const k = window.devicePixelRatio;
    return { a: map.a * k, b: map.b * k, c: map.c * k, d: map.d * k, e: map.e * k, f: map.f * k };
  }

  /** One pixel of the canvas is one of the screen. */
  private fitCanvas(): [number, number] {
    const { clientWidth, clientHeight } = this.pane.picture;
    const [width, height] = [clientWidth, clientHeight].map((size) => Math.round(size * window.devicePixelRatio));
    if (width !== this.element.width || height !== this.element.height) {
      this.element.width = width as number;
      this.element.height = height as number;
      this.element.style.width = `${(width as number) / window.devicePixelRatio}px`;
      this.element.style.height = `${(height as number) / window.devicePixelRatio}px`;
    }
    return [width as number, height as number];
  }
}
