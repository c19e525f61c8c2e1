/** Take pixels from a mask; with Alt the same brush paints. */
import { beginStroke } from './painting';
import type { Tool } from './tool';

export const eraserTool: Tool = {
  cursor: 'crosshair',
  begin: (event, stage) => beginStroke(event, stage, { erases: !event.altKey }),
};
