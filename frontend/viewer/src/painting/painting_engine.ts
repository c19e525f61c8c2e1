/** Cornerstone's engine without graphics: viewports keep their cameras, of which each has a renderer that draws nothing. */
import { ContextPoolRenderingEngine } from '@cornerstonejs/core';
import vtkRenderer from '@kitware/vtk.js/Rendering/Core/Renderer.js';

type Renderer = ReturnType<typeof vtkRenderer.newInstance>;

export class PaintingEngine extends ContextPoolRenderingEngine {
  private readonly cameras = new Map<string, Renderer>();

  override getRenderer(viewportId: string): Renderer {
    const known = this.cameras.get(viewportId) ?? vtkRenderer.newInstance();
    this.cameras.set(viewportId, known);
    return known;
  }

  override disableElement(viewportId: string): void {
    super.disableElement(viewportId);
    this.cameras.get(viewportId)?.delete();
    this.cameras.delete(viewportId);
  }
}
