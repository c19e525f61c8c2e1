/** The bar beside a pane: where in the stack the reader is, and which slices are loaded (or failed). */
import type { Gap } from '../model/pictures';
import { h } from '../page/dom';
import type { SliceState } from './frame_plan';
import type { Pane } from './pane';

const COLOURS: Record<SliceState, string> = {
  there: '#5d6673',
  preview: '#5d6673',
  coming: '#333a43',
  failed: '#e5484d',
  missing: 'transparent',
};
const MARKED = '#f2b544';

export class ScrollBar {
  readonly element: HTMLElement;
  /** What lies on the bar and follows it. */
  private readonly riders: { readonly element: HTMLElement; update(): void }[] = [];
  private readonly canvas: HTMLCanvasElement;
  private readonly thumb: HTMLElement;
  private frame = 0;
  private drawn = '';

  constructor(
    private readonly pane: Pane,
    private readonly marked: () => ReadonlySet<string>,
  ) {
    this.canvas = h('canvas', { class: 'scroll-loaded' });
    this.thumb = h('div', { class: 'scroll-thumb' });
    this.element = h(
      'div',
      {
        class: 'scroll-bar',
        role: 'scrollbar',
        'aria-orientation': 'vertical',
        'aria-label': 'Slices',
        title: 'Slices',
      },
      this.canvas,
      this.thumb,
    );
    this.element.addEventListener('pointerdown', (event) => this.grab(event));
  }

  /** Lay something over the bar; it is told whenever the bar may have changed. */
  carry(rider: { readonly element: HTMLElement; update(): void }, on: HTMLElement = this.element): void {
    this.riders.push(rider);
    on.append(rider.element);
  }

  update(): void {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  private draw(): void {
    const { count, reformatted } = this.pane;
    this.element.hidden = count < 2;
    for (const rider of this.riders) rider.update();
    if (count < 2) return;
    const height = this.element.clientHeight;
    const step = height / count;
    const marked = this.marked();
    this.element.title = reformatted ? 'Planes' : gapWords(this.pane.stack?.gaps ?? []);
    const strip = [this.pane.loadedVersion, height, reformatted, ...marked].join();
    if (strip !== this.drawn) {
      this.drawn = strip;
      this.drawStrip(height, step, marked);
    }
    const size = Math.max(step, 10);
    this.thumb.style.height = `${size}px`;
    this.thumb.style.transform = `translateY(${(this.pane.target / (count - 1)) * (height - size)}px)`;
    this.element.setAttribute('aria-valuemin', '1');
    this.element.setAttribute('aria-valuemax', String(count));
    this.element.setAttribute('aria-valuenow', String(this.pane.target + 1));
  }

  /** Which slices are there, marked or failed; only when that has changed, for it costs more than a scroll step. */
  private drawStrip(height: number, step: number, marked: ReadonlySet<string>): void {
    this.canvas.width = 6;
    this.canvas.height = height;
    const context = this.canvas.getContext('2d');
    // Planes are cut of what is there: none has slices of its own to show.
    if (!context || this.pane.reformatted) return;
    const states = this.pane.loaded();
    this.pane.stack?.frames.forEach((f, i) => {
      const state = states[i] ?? 'missing';
      const isMarked = marked.has(f.key) && state !== 'failed';
      if (state === 'missing' && !isMarked) return;
      context.fillStyle = isMarked ? MARKED : COLOURS[state];
      // A preview is half of a picture.
      context.fillRect(0, i * step, state === 'preview' && !isMarked ? 3 : 6, Math.max(step, isMarked ? 2 : 0.5));
    });
    // A gap is a cut through the bar.
    for (const { after } of this.pane.stack?.gaps ?? []) {
      context.fillStyle = '#101316';
      context.fillRect(0, after * step - 2.5, 6, 5);
      context.fillStyle = '#ffb86b';
      context.fillRect(0, after * step - 1, 6, 2);
    }
  }

  private grab(event: PointerEvent): void {
    event.preventDefault();
    this.element.setPointerCapture(event.pointerId);
    const go = (e: PointerEvent): void => {
      const box = this.element.getBoundingClientRect();
      const { count } = this.pane;
      this.pane.goTo(Math.floor(((e.clientY - box.top) / box.height) * count));
    };
    go(event);
    const stop = (): void => {
      this.element.removeEventListener('pointermove', go);
      this.element.removeEventListener('pointerup', stop);
      this.element.removeEventListener('pointercancel', stop);
    };
    this.element.addEventListener('pointermove', go);
    this.element.addEventListener('pointerup', stop);
    this.element.addEventListener('pointercancel', stop);
  }
}

function gapWords(gaps: readonly Gap[]): string {
  if (gaps.length === 0) return 'Slices';
  const listed = gaps.slice(0, 6).map(({ after, millimetres }) => `${after} (${millimetres.toFixed(1)} mm)`);
  return `Slices; longer steps after slice ${listed.join(', ')}${gaps.length > 6 ? ' and more' : ''}`;
}
