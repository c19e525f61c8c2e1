/** A stack viewport of Cornerstone's, camera and all, whose picture the processor draws. */
import { Enums, registerViewportType, StackViewport, type Types } from '@cornerstonejs/core';
import { type Affine, affineThrough } from '../model/geometry';
import type { Pixels } from '../pixels/modality';
import { paint } from './paint';
import { shadesOf } from './shades';

/** The type to enable such a viewport by. */
export const PAINTED = 'painted';
const SMALLEST = 2;

export class PaintedViewport extends StackViewport {
  private bitmap: ImageData | null = null;

  constructor(given: Types.ViewportInput) {
    super(given);
    this.customRenderViewportToCanvas = () => this.drawn();
    this.takeSize();
  }

  static override get useCustomRenderingPipeline(): boolean {
    return true;
  }

  override resizeForRenderingEngine(): void {
    if (!this.takeSize()) return;
    const camera = this.getCamera();
    this.resetCamera();
    this.setCamera(camera);
  }

  override dispose(): void {
    this.bitmap = null;
  }

  /** As many pixels as the screen has there; whether these are others than before. */
  private takeSize(): boolean {
    const ratio = window.devicePixelRatio || 1;
    const width = Math.round(this.canvas.clientWidth * ratio);
    const height = Math.round(this.canvas.clientHeight * ratio);
    if (width < SMALLEST || height < SMALLEST || (width === this.sWidth && height === this.sHeight)) return false;
    this.sWidth = width;
    this.sHeight = height;
    return true;
  }

  private drawn(): ReturnType<StackViewport['customRenderViewportToCanvas']> {
    const { canvas, element, id, renderingEngineId, viewportStatus, sWidth, sHeight } = this;
    const image: Types.IImage | undefined = this.getCornerstoneImage();
    const map = image && this.map();
    // A pane that is hidden as its case is opened has no size yet.
    if (image && map && sWidth >= SMALLEST && sHeight >= SMALLEST) {
      if (canvas.width !== sWidth || canvas.height !== sHeight) {
        canvas.width = sWidth;
        canvas.height = sHeight;
      }
      this.bitmap =
        this.bitmap?.width === sWidth && this.bitmap.height === sHeight ? this.bitmap : new ImageData(sWidth, sHeight);
      const target = { colours: new Uint32Array(this.bitmap.data.buffer), width: sWidth, height: sHeight };
      const { columns, rows, color } = image;
      const source = { pixels: image.getPixelData() as Pixels, columns, rows, components: color ? 3 : 1 } as const;
      const { voiRange, VOILUTFunction, invert = false } = this.getProperties();
      const curve = VOILUTFunction === Enums.VOILUTFunctionType.SAMPLED_SIGMOID ? 'sigmoid' : 'straight';
      const shades = color || !voiRange ? null : shadesOf(voiRange.lower, voiRange.upper, curve, invert);
      paint(target, source, map, shades, invert);
      canvas.getContext('2d')?.putImageData(this.bitmap, 0, 0);
    }
    return { canvas, element, viewportId: id, renderingEngineId, viewportStatus };
  }

  /** Samples of the picture to pixels of the canvas. */
  private map(): Affine | null {
    const volume = this.getImageData()?.imageData as { indexToWorld(index: Types.Point3): Types.Point3 } | undefined;
    if (!volume) return null;
    const ratio = window.devicePixelRatio || 1;
    const [columns = 1, rows = 1] = this.getImageData().dimensions;
    const at = (column: number, row: number): [number, number] => {
      const [x, y] = this.worldToCanvas(volume.indexToWorld([column, row, 0]));
      return [x * ratio, y * ratio];
    };
    // Far corners, so that rounding in the camera's matrices divides out.
    const origin = at(0, 0);
    const [right, down] = [at(columns, 0), at(0, rows)];
    return affineThrough(
      origin,
      [origin[0] + (right[0] - origin[0]) / columns, origin[1] + (right[1] - origin[1]) / columns],
      [origin[0] + (down[0] - origin[0]) / rows, origin[1] + (down[1] - origin[1]) / rows],
    );
  }
}

registerViewportType({ type: PAINTED, ViewportClass: PaintedViewport });
