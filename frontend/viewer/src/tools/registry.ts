/** Every tool of the reading page, in the order of the toolbar. */
import { angleTool } from './angle_tool';
import { arrowTool } from './arrow_tool';
import { bidirectionalTool } from './bidirectional_tool';
import { boxTool } from './box_tool';
import { brushTool } from './brush_tool';
import { commentTool } from './comment_tool';
import { contourTool } from './contour_tool';
import { crosshairTool } from './crosshair_tool';
import { ellipseTool } from './ellipse_tool';
import { eraserTool } from './eraser_tool';
import { lengthTool } from './length_tool';
import { livewireTool } from './livewire_tool';
import { outlineTool } from './outline_tool';
import { panTool } from './pan_tool';
import { pointTool } from './point_tool';
import { polygonTool } from './polygon_tool';
import { selectTool } from './select_tool';
import { spanBoxTool } from './span_box_tool';
import { splineTool } from './spline_tool';
import { splitTool } from './split_tool';
import { thresholdBrushTool } from './threshold_brush_tool';
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
  /** Offered to reviewers alone. */
  reviews?: boolean;
  /** A program helps: not offered to who reads without. */
  suggests?: boolean;
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
    name: 'ellipse',
    title: 'Ellipse',
    keys: ['E'],
    group: 'shape',
    draws: true,
    icon: 'M12 5c5.500 0 9 3 9 7s-3.500 7-9 7-9-3-9-7 3.500-7 9-7zm0 1.600c-4.600 0-7.400 2.400-7.400 5.400s2.800 5.400 7.400 5.400 7.400-2.400 7.400-5.400-2.800-5.400-7.400-5.400z',
    tool: ellipseTool,
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
    name: 'polygon',
    title: 'Polygon',
    keys: ['G'],
    group: 'shape',
    draws: true,
    icon: 'M12 3l9 7-3.500 10h-11L3 10zm0 2L5 10.600l2.700 7.800h8.600L19 10.600z',
    tool: polygonTool,
  },
  {
    name: 'spline',
    title: 'Spline',
    keys: ['Shift+C'],
    group: 'shape',
    draws: true,
    icon: 'M12 5.500c4 0 7 2 7 5.500s-2 8-7 8-7-3-7-7 3-6.500 7-6.500zm0 1.500c-3.200 0-5.500 2-5.500 5s2.300 5.500 5.500 5.500 5.500-3.300 5.500-6.500-2.300-4-5.500-4zM10.200 3.700h3.600v3.600h-3.600zM17 9.500h3.600v3.600H17zM10.200 17h3.600v3.600h-3.600zM3.400 10.500H7v3.600H3.400z',
    tool: splineTool,
  },
  {
    name: 'livewire',
    title: 'Livewire: a contour along edges',
    keys: ['Shift+W'],
    group: 'shape',
    draws: true,
    icon: 'M5 4h4.500v8a2.500 2.500 0 005 0V4H19v8a7 7 0 01-14 0zM6.500 5.500v2H8v-2zM16 5.500v2h1.500v-2z',
    tool: livewireTool,
  },
  {
    name: 'outline',
    title: 'Outlined for you: from two to four ends, or a box',
    keys: ['Alt+O'],
    group: 'shape',
    draws: true,
    suggests: true,
    icon: 'M10.300 2.300h3.400v3.400h-3.400zM10.300 18.300h3.400v3.400h-3.400zM2.300 10.300h3.400v3.400H2.300zM18.300 10.300h3.400v3.400h-3.400zM8.600 4.800l.6 1.500a6.200 6.200 0 00-2.900 2.900l-1.500-.6a7.800 7.800 0 013.800-3.800zM15.400 4.800a7.800 7.800 0 013.800 3.800l-1.500.6a6.200 6.200 0 00-2.900-2.900zM4.800 15.400l1.500-.6a6.200 6.200 0 002.900 2.900l-.6 1.500a7.800 7.800 0 01-3.800-3.800zM19.200 15.400a7.800 7.800 0 01-3.800 3.800l-.6-1.500a6.200 6.200 0 002.900-2.900z',
    tool: outlineTool,
  },
  {
    name: 'split',
    title: 'Cut a mark in two',
    keys: ['/'],
    group: 'shape',
    draws: true,
    icon: 'M2.500 11.200h19v1.600h-19zM6 9.300a6 6 0 0112 0h-1.600a4.400 4.400 0 00-8.800 0zM6 14.700h1.600a4.400 4.400 0 008.800 0H18a6 6 0 01-12 0z',
    tool: splitTool,
  },
  {
    name: 'brush',
    title: 'Brush (Alt erases)',
    keys: ['H'],
    group: 'mask',
    draws: true,
    icon: 'M20.500 3.500c-1-1-2.600-.5-3.500.4L9.500 12l2.500 2.500 8.100-7.500c.9-.9 1.400-2.500.4-3.500zM8.500 13c-2 0-3.300 1.500-3.300 3.300 0 1.700-1 2.400-2.200 2.700 1 1.300 2.700 2 4.500 2 2.500 0 4.300-1.800 4.300-4.200z',
    tool: brushTool,
  },
  {
    name: 'eraser',
    title: 'Eraser',
    keys: ['Shift+E'],
    group: 'mask',
    draws: true,
    icon: 'M14.500 4L21 10.500 12.500 19H20v1.600H7.500L3 16zm0 2.300L9 11.800l4.200 4.200 5.500-5.500zM8 13l-2.800 3 3 3h2.700l1-1z',
    tool: eraserTool,
  },
  {
    name: 'threshold_brush',
    title: 'Threshold brush (Alt erases)',
    keys: ['Shift+H'],
    group: 'mask',
    draws: true,
    icon: 'M12 4a8 8 0 100 16 8 8 0 000-16zm0 1.600a6.400 6.400 0 016.400 6.400H15a3 3 0 00-6 0H5.600A6.400 6.400 0 0112 5.600zM3 21h18v1.500H3z',
    tool: thresholdBrushTool,
  },
  {
    name: 'length',
    title: 'Length',
    keys: ['T'],
    group: 'measure',
    draws: true,
    icon: 'M4.500 18.400L18.400 4.500l1.100 1.100L5.600 19.500zM2.800 16.700l1.100-1.100 4.500 4.500-1.100 1.100zM15.600 3.900l1.100-1.100 4.500 4.500-1.100 1.100z',
    tool: lengthTool,
  },
  {
    name: 'bidirectional',
    title: 'Long and short axis',
    keys: ['Shift+T'],
    group: 'measure',
    draws: true,
    icon: 'M4 19.200L19.200 4l1 1L5 20.200zM8 9l1-1 7.200 7.200-1 1zM2.600 17.400l1-1 4 4-1 1zM16.600 3.600l1-1 4 4-1 1z',
    tool: bidirectionalTool,
  },
  {
    name: 'angle',
    title: 'Angle',
    keys: ['Shift+A'],
    group: 'measure',
    draws: true,
    icon: 'M3.500 18.900L15 4.400l1.300 1L6.800 17.400H20.500V19H3.500zM13.500 17.400a6 6 0 00-1.700-4.200l1.100-1.200a7.600 7.600 0 012.200 5.400z',
    tool: angleTool,
  },
  {
    name: 'point',
    title: 'Point',
    keys: ['Shift+P'],
    group: 'measure',
    draws: true,
    icon: 'M11.200 3h1.600v6h-1.600zM11.200 15h1.600v6h-1.600zM3 11.200h6v1.600H3zM15 11.200h6v1.600h-6zM11.200 11.200h1.600v1.600h-1.600z',
    tool: pointTool,
  },
  {
    name: 'arrow',
    title: 'Arrow with words',
    keys: ['Y'],
    group: 'measure',
    draws: true,
    icon: 'M4 4h6v1.600H6.700l6 6-1.100 1.100-6-6V10H4zM12 15h8v1.600h-3.200V22h-1.600v-5.400H12z',
    tool: arrowTool,
  },
  {
    name: 'comment',
    title: 'Comment on a place',
    keys: ['Alt+C'],
    group: 'look',
    draws: false,
    reviews: true,
    icon: 'M4 4h16v12h-9l-5 4v-4H4zm1.600 1.600v8.800h2v2.200l2.800-2.200h8V5.600z',
    tool: commentTool,
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
  {
    name: 'crosshair',
    title: 'Point at a place: other panes of the volume go there',
    keys: ['F9'],
    group: 'look',
    draws: false,
    icon: 'M11.200 2h1.600v4.100a6 6 0 015.100 5.100H22v1.600h-4.100a6 6 0 01-5.100 5.100V22h-1.600v-4.100a6 6 0 01-5.100-5.100H2v-1.600h4.100a6 6 0 015.100-5.100zM12 7.600a4.400 4.400 0 100 8.800 4.400 4.400 0 000-8.800zm-1 3.400h2v2h-2z',
    tool: crosshairTool,
  },
];

export function toolNamed(name: string): ToolEntry {
  const found = TOOLS.find((entry) => entry.name === name);
  if (!found) throw new Error(`There is no tool ${name}.`);
  return found;
}
