/**
 * Overlay planes of the object (DICOM 60xx) over the picture, under the marks.
 *
 * Each is a small canvas whose CSS matrix is the camera's, moved to the plane's place in the frame: it follows every
 * zoom, shift and turn, whatever the resolution that the picture is shown at.
 */
import type { OverlayJson } from '../model/pictures';
import { h } from '../page/dom';
import type { FrameFetch } from '../pixels/frame_fetch';
import type { PaneLayer } from './layer';
import type { Pane } from './pane';

/** Pictures kept for scrolling back and forth; a drawn plane of a CT slice takes a megabyte. */
const MOST_KEPT = 64;
const COLOUR = '#7fe3f5';

export class OverlayPictures implements PaneLayer {
  readonly element = h('div', { class: 'overlay-pictures', 'aria-hidden': 'true' });
  private readonly kept = new Map<string, Promise<HTMLCanvasElement>>();
  private shown = '';

  constructor(
    private readonly pane: Pane,
    private readonly fetcher: FrameFetch,
    private readonly wanted: () => boolean,
  ) {}

  /** Show the planes of the frame on the screen, or none. */
  update(): void {
    const { frame, stack } = this.pane;
    const planes = (this.wanted() && frame?.overlays) || [];
    const key = planes.map((plane) => plane.address).join();
    if (key !== this.shown) {
      this.shown = key;
      this.element.replaceChildren();
      for (const plane of planes) void this.add(stack?.key ?? '', plane, key);
    }
    this.follow();
  }

  /** Follow the camera. */
  follow(): void {
    const map = this.pane.pixelToPane;
    this.element.style.visibility = map ? 'visible' : 'hidden';
    if (!map) return;
    for (const canvas of this.element.children as HTMLCollectionOf<HTMLCanvasElement>) {
      const [column, row] = [Number(canvas.dataset.column), Number(canvas.dataset.row)];
      const x = map.a * column + map.c * row + map.e;
      const y = map.b * column + map.d * row + map.f;
      canvas.style.transform = `matrix(${map.a}, ${map.b}, ${map.c}, ${map.d}, ${x}, ${y})`;
    }
  }

  private async add(stackKey: string, plane: OverlayJson, key: string): Promise<void> {
    let drawn = this.kept.get(plane.address);
    if (!drawn) {
      drawn = this.draw(stackKey, plane);
      this.kept.set(plane.address, drawn);
      const oldest = this.kept.keys().next().value;
      if (this.kept.size > MOST_KEPT && oldest !== undefined) this.kept.delete(oldest);
    }
    try {
      const canvas = await drawn;
      // The reader may have scrolled on meanwhile.
      if (this.shown !== key) return;
      this.element.append(canvas);
      this.follow();
    } catch {
      this.kept.delete(plane.address);
    }
  }

  private async draw(stackKey: string, plane: OverlayJson): Promise<HTMLCanvasElement> {
    const bytes = await this.fetcher.overlay(stackKey, plane.address);
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = h('canvas', { width: plane.columns, height: plane.rows });
    canvas.dataset.column = String(plane.column);
    canvas.dataset.row = String(plane.row);
    const context = canvas.getContext('2d');
    context?.drawImage(bitmap, 0, 0);
    if (context) {
      // White as it comes would be lost on bone and dense tissue, and taken for burnt in.
      context.globalCompositeOperation = 'source-in';
      context.fillStyle = COLOUR;
      context.fillRect(0, 0, plane.columns, plane.rows);
    }
    bitmap.close();
    return canvas;
  }
}
