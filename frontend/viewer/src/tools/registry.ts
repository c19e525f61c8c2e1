/** Every tool of the reading page, in the order of the toolbar. */
import { boxTool } from './box_tool';
import { contourTool } from './contour_tool';
import { panTool } from './pan_tool';
import { selectTool } from './select_tool';
import { spanBoxTool } from './span_box_tool';
import type { Tool } from './tool';
import { windowTool } from './window_tool';
import { zoomTool } from './zoom_tool';

export interface ToolEntry {
  name: string;
  title: string;
  keys: readonly string[];
  /** Tools of one group stand together in the toolbar. */
  group: 'select' | 'shape' | 'mask' | 'measure' | 'look';
  /** It makes or changes marks: not offered to who only looks. */
  draws: boolean;
  /** An SVG path in a box of 24. */
  icon: string;
  tool: Tool;
}

export const TOOLS: readonly ToolEntry[] = [
  {
    name: 'select',
    title: 'Select, move, reshape',
    keys: ['V'],
    group: 'select',
    draws: false,
    icon: 'M6 3l11 8-5 1 3 6-2.4 1.2L9.8 13 6 16z',
    tool: selectTool,
  },
  {
    name: 'box',
    title: 'Box',
    keys: ['B'],
    group: 'shape',
    draws: true,
    icon: 'M4 6h16v12H4zm1.600 1.600v8.800h12.800V7.600z',
    tool: boxTool,
  },
  {
    name: 'span_box',
    title: 'Box over slices',
    keys: ['Shift+B'],
    group: 'shape',
    draws: true,
    icon: 'M3 9h12v11H3zm1.600 1.600v7.800h8.800v-7.800zM6 6h12v11h-1.600V7.600H6zM9 3h12v11h-1.600V4.600H9z',
    tool: spanBoxTool,
  },
  {
    name: 'contour',
    title: 'Contour',
    keys: ['C'],
    group: 'shape',
    draws: true,
    icon: 'M12 4c5 0 8 3 7 7-1 3-3 3-3 5s-3 4-7 3-5-4-4-8 3-7 7-7zm0 1.700c-3 0-4.700 2.600-5.400 5.700-.7 3 0 5.200 3 6 2.600.6 4.700-.4 4.700-2 0-2.500 2.200-2.600 3-5 .6-2.500-1.600-4.700-5.300-4.700z',
    tool: contourTool,
  },
  {
    name: 'window',
    title: 'Window',
    keys: ['W'],
    group: 'look',
    draws: false,
    icon: 'M12 3a9 9 0 100 18 9 9 0 000-18zm0 2v14a7 7 0 010-14z',
    tool: windowTool,
  },
  {
    name: 'zoom',
    title: 'Zoom',
    keys: ['Z'],
    group: 'look',
    draws: false,
    icon: 'M10 4a6 6 0 104 10.5L19 20l1-1-5.500-5A6 6 0 0010 4zm0 2a4 4 0 110 8 4 4 0 010-8z',
    tool: zoomTool,
  },
  {
    name: 'pan',
    title: 'Move',
    keys: ['P'],
    group: 'look',
    draws: false,
    icon: 'M12 2l3 3.500h-2V11h5.500V9L22 12l-3.500 3v-2H13v5.500h2L12 22l-3-3.500h2V13H5.500v2L2 12l3.500-3v2H11V5.500H9z',
    tool: panTool,
  },
];

export function toolNamed(name: string): ToolEntry {
  const found = TOOLS.find((entry) => entry.name === name);
  if (!found) throw new Error(`There is no tool ${name}.`);
  return found;
}
