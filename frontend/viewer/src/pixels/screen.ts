/**
 * Cornerstone's rendering engine, one for all cases: its WebGL context takes a tenth of a second to make. Where graphics
 * are emulated there is none, and the processor draws (painting/).
 *
 * A context is lost when the graphics driver restarts, a laptop sleeps or another page takes the memory. Whether the
 * browser gives the old one back is uncertain, and vtk.js remembers the old one's state; so a new engine is made, and
 * everything that was on the screen comes back to it.
 */
import { Enums, eventTarget, RenderingEngine } from '@cornerstonejs/core';
import { PAINTED } from '../painting/painted_viewport';
import { PaintingEngine } from '../painting/painting_engine';
import type { Drawing } from '../painting/who_draws';

const TRY_AGAIN_MS = 500;
/** Lost again so soon, it is waited longer. */
const IN_A_ROW_MS = 3000;

export interface OnScreen {
  /** The screen is gone: remember what is not kept elsewhere. */
  leave(): void;
  comeBack(): void;
}

export class Screen {
  private made = 0;
  private current: RenderingEngine | PaintingEngine;
  private readonly shown = new Set<OnScreen>();
  private renewed = Number.NEGATIVE_INFINITY;
  private lost = false;

  constructor(private readonly drawing: Drawing) {
    this.current = this.make();
    eventTarget.addEventListener(Enums.Events.WEBGL_CONTEXT_LOST, (event: Event) => {
      const { renderingEngineId } = (event as CustomEvent<{ renderingEngineId: string }>).detail;
      // Putting an engine away loses its context too.
      if (renderingEngineId === this.current.id && !this.lost) this.leave();
    });
  }

  get engine(): RenderingEngine | PaintingEngine {
    return this.current;
  }

  /** What a pane's viewport is enabled as. */
  get viewportType(): Enums.ViewportType {
    return this.drawing === 'graphics' ? Enums.ViewportType.STACK : (PAINTED as Enums.ViewportType);
  }

  /** Nothing can be drawn until it comes back. */
  get isLost(): boolean {
    return this.lost;
  }

  resize(): void {
    if (!this.lost) this.current.resize(true, true);
  }

  /** Told when the screen goes and comes back; what is returned ends that. */
  show(one: OnScreen): () => void {
    this.shown.add(one);
    return () => this.shown.delete(one);
  }

  private make(): RenderingEngine | PaintingEngine {
    this.made += 1;
    const id = `reading-${this.made}`;
    return this.drawing === 'graphics' ? new RenderingEngine(id) : new PaintingEngine(id);
  }

  private leave(): void {
    for (const one of this.shown) one.leave();
    this.lost = true;
    this.current.destroy();
    const soon = performance.now() - this.renewed < IN_A_ROW_MS;
    window.setTimeout(() => this.comeBack(), soon ? IN_A_ROW_MS : 0);
  }

  private comeBack(): void {
    if (!canDraw()) {
      window.setTimeout(() => this.comeBack(), TRY_AGAIN_MS);
      return;
    }
    this.renewed = performance.now();
    this.current = this.make();
    this.lost = false;
    for (const one of this.shown) one.comeBack();
  }
}

/** Whether the browser gives a context at all; while its graphics process starts again it gives none. */
function canDraw(): boolean {
  const context = document.createElement('canvas').getContext('webgl2');
  const works = context !== null && !context.isContextLost();
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return works;
}
