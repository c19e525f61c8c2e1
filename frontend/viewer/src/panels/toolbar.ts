/** Tools at the left, and above the panes presets, layout, cine. */
import type { Preset } from '../model/types';
import { h, s, setText } from '../page/dom';
import { type Cine, SPEEDS } from '../pane/cine';
import type { ToolName, Ui } from '../store/ui';

const ICONS: Record<string, string> = {
  select: 'M6 3l11 8-5 1 3 6-2.4 1.2L9.8 13 6 16z',
  window: 'M12 3a9 9 0 100 18 9 9 0 000-18zm0 2v14a7 7 0 010-14z',
  zoom: 'M10 4a6 6 0 104 10.5L19 20l1-1-5.500-5A6 6 0 0010 4zm0 2a4 4 0 110 8 4 4 0 010-8z',
  pan: 'M12 2l3 3.500h-2V11h5.500V9L22 12l-3.500 3v-2H13v5.500h2L12 22l-3-3.500h2V13H5.500v2L2 12l3.500-3v2H11V5.500H9z',
  box: 'M4 6h16v12H4zm1.600 1.600v8.800h12.800V7.600z',
  contour:
    'M12 4c5 0 8 3 7 7-1 3-3 3-3 5s-3 4-7 3-5-4-4-8 3-7 7-7zm0 1.700c-3 0-4.700 2.600-5.400 5.700-.7 3 0 5.200 3 6 2.600.6 4.700-.4 4.700-2 0-2.500 2.200-2.600 3-5 .6-2.500-1.600-4.700-5.300-4.700z',
  fit: 'M4 9V4h5v1.600H5.600V9zm11-5h5v5h-1.600V5.600H15zM4 15h1.600v3.400H9V20H4zm14.400 0H20v5h-5v-1.600h3.400z',
  invert: 'M4 4h16v16H4zm1.600 1.600v12.800L18.400 5.600z',
  reset: 'M12 5V2L7 6l5 4V7a5 5 0 11-5 5H5a7 7 0 107-7z',
  undo: 'M9 5L4 9.500 9 14v-3c5 0 7 1.500 9 5 0-5-3-8.500-9-8.500z',
  redo: 'M15 5l5 4.500-5 4.500v-3c-5 0-7 1.500-9 5 0-5 3-8.500 9-8.500z',
};

export interface ToolbarActions {
  fit: () => void;
  invert: () => void;
  reset: () => void;
  undo: () => void;
  redo: () => void;
}

export class Toolbar {
  readonly element: HTMLElement;
  private readonly tools = new Map<ToolName, HTMLButtonElement>();
  private readonly undo: HTMLButtonElement;
  private readonly redo: HTMLButtonElement;

  constructor(
    private readonly ui: Ui,
    private readonly journal: () => { undo: string | null; redo: string | null; mayEdit: boolean },
    actions: ToolbarActions,
  ) {
    const tool = (name: ToolName, words: string): HTMLButtonElement => {
      const button = iconButton(name, words, () => ui.set({ tool: name }));
      this.tools.set(name, button);
      return button;
    };
    this.undo = iconButton('undo', 'Undo (Ctrl+Z)', actions.undo);
    this.redo = iconButton('redo', 'Redo (Ctrl+Shift+Z)', actions.redo);
    this.element = h(
      'nav',
      { class: 'toolbar', 'aria-label': 'Tools' },
      tool('select', 'Select, move, reshape (V)'),
      tool('box', 'Box (B)'),
      tool('contour', 'Contour (C)'),
      h('hr'),
      tool('window', 'Window (W)'),
      tool('zoom', 'Zoom (Z)'),
      tool('pan', 'Move (P)'),
      h('hr'),
      iconButton('fit', 'Fit (F)', actions.fit),
      iconButton('invert', 'Invert (I)', actions.invert),
      iconButton('reset', 'Reset (R)', actions.reset),
      h('hr'),
      this.undo,
      this.redo,
    );
  }

  update(): void {
    const { undo, redo, mayEdit } = this.journal();
    for (const [name, button] of this.tools) {
      button.setAttribute('aria-pressed', String(this.ui.now.tool === name));
      if (name === 'box' || name === 'contour') button.disabled = !mayEdit;
    }
    this.undo.disabled = !mayEdit || undo === null;
    this.redo.disabled = !mayEdit || redo === null;
    this.undo.title = undo ? `Undo: ${undo} (Ctrl+Z)` : 'Nothing to undo';
    this.redo.title = redo ? `Redo: ${redo} (Ctrl+Shift+Z)` : 'Nothing to redo';
  }
}

function iconButton(icon: string, words: string, run: () => void): HTMLButtonElement {
  return h(
    'button',
    { type: 'button', class: 'icon', title: words, 'aria-label': words, onclick: run },
    s(
      'svg',
      { viewBox: '0 0 24 24', width: 20, height: 20 },
      s('path', { d: ICONS[icon] ?? '', fill: 'currentColor' }),
    ),
  );
}

export interface PictureBarActions {
  preset: (preset: Preset) => void;
  layout: (rows: number, columns: number) => void;
  play: () => void;
}

/** Presets of the active pane's stack, layouts, cine. */
export class PictureBar {
  readonly element: HTMLElement;
  private readonly presets = h('div', { class: 'presets' });
  private readonly layouts: { rows: number; columns: number; button: HTMLButtonElement }[];
  private readonly cineGroup: HTMLElement;
  private readonly play: HTMLButtonElement;
  private readonly speed: HTMLSelectElement;
  private shown = '';

  constructor(
    private readonly ui: Ui,
    private readonly cine: () => Cine | null,
    private readonly actions: PictureBarActions,
  ) {
    this.layouts = [
      [1, 1],
      [1, 2],
      [2, 2],
    ].map(([rows, columns]) => ({
      rows: rows as number,
      columns: columns as number,
      button: h(
        'button',
        {
          type: 'button',
          title: `Layout ${rows} × ${columns}`,
          onclick: () => actions.layout(rows as number, columns as number),
        },
        `${rows}×${columns}`,
      ),
    }));
    this.play = h('button', { type: 'button', title: 'Play or stop (space)', onclick: actions.play }, 'Play');
    this.speed = h(
      'select',
      { 'aria-label': 'Speed', onchange: () => cine()?.setSpeed(Number(this.speed.value)) },
      ...SPEEDS.map((value) => h('option', { value }, `${value}×`)),
    );
    this.cineGroup = h('div', { class: 'group' }, this.play, this.speed);
    this.element = h(
      'div',
      { class: 'picture-bar' },
      this.presets,
      h('span', { class: 'spring' }),
      this.cineGroup,
      h('div', { class: 'group' }, ...this.layouts.map((l) => l.button)),
    );
  }

  update(presets: readonly Preset[], current: string, frames: number): void {
    const key = JSON.stringify([presets, current]);
    if (key !== this.shown) {
      this.shown = key;
      this.presets.replaceChildren(
        ...presets.map((preset) =>
          h(
            'button',
            {
              type: 'button',
              'aria-pressed': String(preset.name === current),
              title: `Centre ${preset.centre}, width ${preset.width}`,
              onclick: () => this.actions.preset(preset),
            },
            preset.key ? h('kbd', {}, preset.key) : null,
            preset.name,
          ),
        ),
      );
    }
    const { layout } = this.ui.now;
    for (const { rows, columns, button } of this.layouts) {
      button.setAttribute('aria-pressed', String(layout.rows === rows && layout.columns === columns));
    }
    const cine = this.cine();
    this.cineGroup.hidden = frames < 2;
    setText(this.play, cine?.playing ? 'Stop' : 'Play');
    if (cine) this.speed.value = String(cine.speed);
  }
}
