/** Paint a mask, pixel by pixel; with Alt the same brush takes away. */
import { beginStroke } from './painting';
import type { Tool } from './tool';

export const brushTool: Tool = {
  cursor: 'crosshair',
  begin: (event, stage) => beginStroke(event, stage, { erases: event.altKey }),
};
