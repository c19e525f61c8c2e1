/** Where the picture lies in its pane: zoom, shift, turns, and the map from stored pixels to the pane. */
import type { Types } from '@cornerstonejs/core';
import { type Affine, affineScale, affineThrough, applyAffine, type ImagePlane, pixelToWorld } from '../model/geometry';
import type { Flips } from '../model/orientation';
import type { Point } from '../model/pictures';

const SMALLEST_ZOOM = 0.02;
const LARGEST_ZOOM = 60;

/** What the camera looks at: the viewport, the plane of the frame that is shown, and the size of its matrix. */
export interface Scene {
  viewport: Types.IStackViewport | null;
  plane: ImagePlane | null;
  columns: number;
  rows: number;
}

export class Camera {
  constructor(private readonly scene: () => Scene) {}

  /** Stored pixels to CSS pixels of the pane, for the picture on the screen. */
  get pixelToPane(): Affine | null {
    const { viewport, plane, columns, rows } = this.scene();
    if (!viewport || !plane) return null;
    const at = (p: Point): Point => viewport.worldToCanvas(pixelToWorld(plane, p)) as Point;
    // Far corners, so that rounding in the camera's matrices divides out.
    const origin = at([0, 0]);
    const right = at([columns, 0]);
    const down = at([0, rows]);
    return affineThrough(
      origin,
      [origin[0] + (right[0] - origin[0]) / columns, origin[1] + (right[1] - origin[1]) / columns],
      [origin[0] + (down[0] - origin[0]) / rows, origin[1] + (down[1] - origin[1]) / rows],
    );
  }

  /** Screen pixels a stored pixel. */
  get zoom(): number {
    const affine = this.pixelToPane;
    return affine ? affineScale(affine) : 1;
  }

  /** Zoom by a factor, keeping what lies under a point of the pane where it is; whether it did. */
  zoomBy(factor: number, at: Point): boolean {
    const { viewport } = this.scene();
    const zoom = this.zoom * factor;
    if (!viewport || zoom < SMALLEST_ZOOM || zoom > LARGEST_ZOOM) return false;
    const before = viewport.canvasToWorld([at[0], at[1]]);
    this.scale(factor);
    this.shift(before, viewport.canvasToWorld([at[0], at[1]]));
    return true;
  }

  panBy(from: Point, to: Point): void {
    const { viewport } = this.scene();
    if (viewport) this.shift(viewport.canvasToWorld([from[0], from[1]]), viewport.canvasToWorld([to[0], to[1]]));
  }

  /**
   * Put the picture back where a map had it. A picture of another resolution has other outer edges, by which
   * Cornerstone fits and centres; the reader must see nothing move.
   */
  restore(wanted: Affine): void {
    const now = this.pixelToPane;
    if (!now) return;
    this.scale(affineScale(wanted) / affineScale(now));
    const { columns, rows } = this.scene();
    const middle: Point = [columns / 2, rows / 2];
    const moved = this.pixelToPane;
    if (moved) this.panBy(applyAffine(moved, middle), applyAffine(wanted, middle));
  }

  /** Put one vertical edge of the picture at the same edge of the pane. */
  hangAt(edge: 'left' | 'right', paneWidth: number): void {
    const affine = this.pixelToPane;
    const { columns, rows } = this.scene();
    if (!affine) return;
    const ends = [applyAffine(affine, [0, 0])[0], applyAffine(affine, [columns, rows])[0]];
    const at = edge === 'left' ? Math.min(...ends) : Math.max(...ends);
    this.panBy([at, 0], [edge === 'left' ? 0 : paneWidth, 0]);
  }

  turn({ horizontal, vertical }: Flips): void {
    if (horizontal || vertical) {
      this.scene().viewport?.setCamera({ flipHorizontal: horizontal, flipVertical: vertical });
    }
  }

  private scale(factor: number): void {
    const { viewport } = this.scene();
    viewport?.setCamera({ parallelScale: (viewport.getCamera().parallelScale ?? 1) / factor });
  }

  private shift(before: Types.Point3, after: Types.Point3): void {
    const { viewport } = this.scene();
    const { focalPoint, position } = viewport?.getCamera() ?? {};
    if (!focalPoint || !position) return;
    const by = (p: Types.Point3): Types.Point3 => [
      p[0] + before[0] - after[0],
      p[1] + before[1] - after[1],
      p[2] + before[2] - after[2],
    ];
    viewport?.setCamera({ focalPoint: by(focalPoint), position: by(position) });
  }
}
