/** Cornerstone's rendering engine, one for all cases: its WebGL context takes a tenth of a second to make. */
import { RenderingEngine } from '@cornerstonejs/core';

export class Screen {
  private current = new RenderingEngine('reading');

  get engine(): RenderingEngine {
    return this.current;
  }
}
