/** What the tool in hand can be set to, in a strip over the top of the pictures: there only while it is of use. */
import type { CommandRegistry } from '../commands/registry';
import { LARGEST_RADIUS, SMALLEST_RADIUS } from '../masks/brush';
import { calibrationFor } from '../model/calibration';
import { h, setText } from '../page/dom';
import type { PaneGrid } from '../page/pane_grid';
import type { Acts } from '../store/acts';
import { brushOf } from '../tools/painting';
import { toolNamed } from '../tools/registry';
import { rangeInUse } from '../tools/threshold_brush_tool';
import type { Panel } from './panel';

export class ToolOptions implements Panel {
  readonly element: HTMLElement;
  private readonly size: HTMLInputElement;
  private readonly unit = h('span', { class: 'unit' });
  private readonly range: HTMLElement;
  private readonly low: HTMLInputElement;
  private readonly high: HTMLInputElement;
  private readonly pick: HTMLButtonElement;
  private readonly fromWindow: HTMLButtonElement;
  private readonly hint = h('span', { class: 'beside' });

  constructor(
    private readonly acts: Acts,
    private readonly grid: PaneGrid,
    private readonly commands: CommandRegistry,
    private readonly run: (id: string) => void,
  ) {
    this.size = this.number('Size of the brush in pixels', () => this.setSize());
    this.low = this.number('Lowest value painted', () => this.setRange());
    this.high = this.number('Highest value painted', () => this.setRange());
    this.pick = h(
      'button',
      {
        type: 'button',
        title: 'The next press takes the range from what lies under the brush: two standard deviations around its mean',
        onclick: () => acts.ui.set({ picksRange: !acts.ui.now.picksRange }),
      },
      'Pick',
    );
    this.fromWindow = h(
      'button',
      {
        type: 'button',
        title: 'What the window shows between black and white',
        onclick: () => acts.ui.set({ thresholdRange: null, picksRange: false }),
      },
      'Window',
    );
    this.range = h('div', { class: 'group' }, 'Values', this.low, 'to', this.high, this.fromWindow, this.pick);
    this.element = h(
      'div',
      { class: 'tool-options', role: 'group', 'aria-label': 'Brush', hidden: true },
      h(
        'div',
        { class: 'group' },
        'Size',
        this.step('masks.smaller', '−'),
        this.size,
        this.step('masks.larger', '+'),
        this.unit,
      ),
      this.range,
      this.act('masks.between', 'Fill between'),
      this.hint,
    );
  }

  update(): void {
    const { ui, mayEdit } = this.acts;
    const { pane } = this.grid.active;
    const tool = toolNamed(ui.now.tool);
    this.element.hidden = tool.group !== 'mask' || !mayEdit || !pane.frame;
    if (this.element.hidden || !pane.frame) return;
    const { radius } = brushOf(ui, pane);
    show(this.size, 2 * radius);
    const { columns = 0, rows = 0 } = pane.stack ?? {};
    const calibration = calibrationFor(pane.frame.geometry, [[columns / 2, rows / 2]]);
    setText(this.unit, calibration ? `px · ${(2 * radius * calibration.mmPerColumn).toFixed(1)} mm` : 'px');
    setText(this.hint, tool.name === 'eraser' ? 'Alt paints' : 'Alt erases');
    this.range.hidden = tool.name !== 'threshold_brush';
    if (this.range.hidden) return;
    const range = rangeInUse(ui, pane);
    show(this.low, range?.[0] ?? null);
    show(this.high, range?.[1] ?? null);
    this.pick.setAttribute('aria-pressed', String(ui.now.picksRange));
    this.fromWindow.setAttribute('aria-pressed', String(ui.now.thresholdRange === null && !ui.now.picksRange));
    this.fromWindow.disabled = pane.frame.colour || !pane.window;
  }

  private setSize(): void {
    const wanted = Number(this.size.value) / 2;
    if (!(wanted > 0)) return;
    this.acts.ui.set({ brushRadius: Math.min(LARGEST_RADIUS, Math.max(SMALLEST_RADIUS, wanted)) });
  }

  private setRange(): void {
    const [low, high] = [this.low.value, this.high.value].map((text) => (text === '' ? Number.NaN : Number(text)));
    if (!Number.isFinite(low) || !Number.isFinite(high)) return;
    this.acts.ui.set({ thresholdRange: [low as number, high as number], picksRange: false });
  }

  private number(words: string, changed: () => void): HTMLInputElement {
    const field = h('input', { type: 'number', step: 'any', 'aria-label': words, title: words, oninput: changed });
    // Enter gives the keys back to the picture.
    field.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      // The press itself is no command any more.
      event.stopPropagation();
      field.blur();
    });
    return field;
  }

  private step(id: string, sign: string): HTMLButtonElement {
    const button = this.act(id, sign);
    button.setAttribute('aria-label', this.commands.get(id)?.title ?? sign);
    return button;
  }

  private act(id: string, words: string): HTMLButtonElement {
    const title = `${this.commands.get(id)?.title ?? words} (${this.commands.keysOf(id)[0] ?? 'no key'})`;
    return h('button', { type: 'button', title, onclick: () => this.run(id) }, words);
  }
}

/** A field shows what is so, but not while it is typed in. */
function show(field: HTMLInputElement, value: number | null): void {
  if (document.activeElement === field) return;
  const text = value === null ? '' : String(Math.round(value * 1000) / 1000);
  if (field.value !== text) field.value = text;
}
