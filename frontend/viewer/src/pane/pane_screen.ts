/** What a pane has on the screen: one picture in a Cornerstone viewport, where its camera put it, in which window. */
import { Enums, type Types } from '@cornerstonejs/core';
import type { Affine } from '../model/geometry';
import type { Flips } from '../model/orientation';
import type { Window } from '../model/pictures';
import { windowRange } from '../model/windows';
import { dropCached } from '../pixels/derived_images';
import type { Screen } from '../pixels/screen';
import { Camera } from './camera';
import type { Picture } from './composer';

/** How a picture is put on the screen anew. */
export interface Hanging {
  flips: Flips;
  /** The edge of the pane at which it hangs; null: in its middle. */
  edge: 'left' | 'right' | null;
}

export class PaneScreen {
  picture: Picture | null = null;
  /** Counts up whenever what was asked for before is no longer wanted. */
  generation = 0;
  /** The viewport is being set up: nothing else may be shown meanwhile. */
  busy = false;
  private mapOfLost: Affine | null = null;
  readonly camera = new Camera(() => ({
    viewport: this.viewport,
    plane: this.picture?.plane ?? null,
    columns: this.picture?.columns ?? 1,
    rows: this.picture?.rows ?? 1,
  }));

  constructor(
    private readonly id: string,
    private readonly screen: Screen,
    private readonly element: HTMLDivElement,
  ) {}

  get viewport(): Types.IStackViewport | null {
    return (this.screen.engine.getViewport(this.id) as Types.IStackViewport | undefined) ?? null;
  }

  /** Make the viewport; the element must be in the page and have a size. Whether there was none. */
  enable(): boolean {
    if (this.screen.isLost || this.viewport) return false;
    this.screen.engine.enableElement({
      viewportId: this.id,
      type: this.screen.viewportType,
      element: this.element,
      defaultOptions: { background: [0, 0, 0] },
    });
    return true;
  }

  disable(): void {
    if (this.viewport) this.screen.engine.disableElement(this.id);
    this.clear();
  }

  /** The graphics were lost: with the next `enable` the picture is back where it was. */
  keepMap(): void {
    this.mapOfLost = this.camera.pixelToPane;
  }

  forgetMap(): void {
    this.mapOfLost = null;
  }

  /** Another stack or plane: what is there is not taken for a picture of it. */
  clear(): void {
    this.generation += 1;
    this.picture = null;
  }

  /**
   * Put a picture on the screen, where the one before it was.
   *
   * @param look sets the window, after which the picture is drawn.
   * @returns whether it is there; not when something else was asked for while the viewport was being set up.
   */
  async show(picture: Picture, hanging: Hanging, look: () => void): Promise<boolean> {
    const { viewport, picture: before } = this;
    if (!viewport) return false;
    const { image, level } = picture;
    const map = before ? this.camera.pixelToPane : this.mapOfLost;
    this.mapOfLost = null;
    this.picture = picture;
    if (!before || before.image.color !== image.color) {
      if (!(await this.setUp(viewport, image.imageId))) return false;
      look();
      viewport.resetCamera();
      this.camera.turn(hanging.flips);
      if (map) this.camera.restore(map);
      else if (hanging.edge) this.camera.hangAt(hanging.edge, this.element.clientWidth);
    } else {
      viewport.renderImageObject(image);
      // Cornerstone goes back to the window that the image came with, where it holds ours to be the same.
      if (picture.key) look();
      if (map && before.level !== level) this.camera.restore(map);
    }
    viewport.render();
    return true;
  }

  /** @param window null where values have none, or the picture is in colour. */
  setWindow(window: Window | null, invert: boolean): void {
    if (!window) {
      this.viewport?.setProperties({ invert });
      return;
    }
    const { lower, upper } = windowRange(window);
    const sigmoid = window.function === 'SIGMOID';
    const fn = sigmoid ? Enums.VOILUTFunctionType.SAMPLED_SIGMOID : Enums.VOILUTFunctionType.LINEAR;
    this.viewport?.setProperties({ voiRange: { lower, upper }, VOILUTFunction: fn, invert });
  }

  private async setUp(viewport: Types.IStackViewport, imageId: string): Promise<boolean> {
    const { generation } = this;
    this.busy = true;
    try {
      await viewport.setStack([imageId], 0);
      dropCached(imageId);
    } finally {
      this.busy = false;
    }
    return generation === this.generation;
  }
}
