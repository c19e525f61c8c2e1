/** Above the panes: window presets, cine, what else stands there. */
import type { Preset } from '../model/pictures';
import { h, setText } from '../page/dom';
import type { Lifetime } from '../page/lifetime';
import { type Cine, SPEEDS } from '../pane/cine';

export interface PictureBarActions {
  preset: (preset: Preset) => void;
  play: () => void;
}

/** Presets of the active pane's stack, cine, and what else stands there. */
export class PictureBar {
  readonly element: HTMLElement;
  private readonly presets = h('div', { class: 'presets' });
  /** Takes the presets for which the bar has no room. */
  private readonly more = h('select', { class: 'more-presets', 'aria-label': 'More windows', hidden: true });
  private buttons: HTMLButtonElement[] = [];
  private offered: readonly Preset[] = [];
  private readonly cineGroup: HTMLElement;
  private readonly play: HTMLButtonElement;
  private readonly speed: HTMLSelectElement;
  private shown = '';

  constructor(
    private readonly cine: () => Cine | null,
    /** What else is chosen: of the picture, after the presets; of the panes, at the end. */
    [views, hangings]: readonly [HTMLElement, HTMLElement],
    private readonly actions: PictureBarActions,
    lifetime: Lifetime,
  ) {
    this.more.addEventListener('change', () => this.chooseMore());
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
      views,
      h('span', { class: 'spring' }),
      this.cineGroup,
      hangings,
    );
    const observer = new ResizeObserver(() => this.fold());
    for (const element of [this.element, views, this.cineGroup, hangings]) observer.observe(element);
    lifetime.atEnd(() => observer.disconnect());
  }

  update(presets: readonly Preset[], current: string, frames: number): void {
    const key = JSON.stringify([presets, current]);
    if (key !== this.shown) {
      this.shown = key;
      this.offered = presets;
      this.buttons = presets.map((preset) => this.button(preset, preset.name === current));
      this.presets.replaceChildren(...this.buttons, this.more);
      this.fold();
    }
    const cine = this.cine();
    this.cineGroup.hidden = frames < 2;
    setText(this.play, cine?.playing ? 'Stop' : 'Play');
    if (cine) this.speed.value = String(cine.speed);
  }

  private button(preset: Preset, isCurrent: boolean): HTMLButtonElement {
    return h(
      'button',
      {
        type: 'button',
        'aria-pressed': String(isCurrent),
        title: `Centre ${preset.centre}, width ${preset.width}`,
        onclick: () => this.actions.preset(preset),
      },
      preset.key ? h('kbd', {}, preset.key) : null,
      preset.name,
    );
  }

  /** Presets that don't fit go from the end into a list, so that none is ever cut off. */
  private fold(): void {
    for (const button of this.buttons) button.hidden = false;
    this.more.hidden = true;
    if (!this.overflows) return;
    this.more.hidden = false;
    const chosen = this.buttons.findIndex((button) => button.getAttribute('aria-pressed') === 'true');
    let fits = this.buttons.length;
    this.more.classList.remove('chosen');
    while (fits > 0 && this.overflows) {
      fits -= 1;
      (this.buttons[fits] as HTMLButtonElement).hidden = true;
      // The list says which window is chosen, and is wider then.
      this.more.classList.toggle('chosen', chosen >= fits);
    }
    const folded = this.offered.slice(fits);
    this.more.replaceChildren(
      h('option', { value: '', hidden: true }, '…'),
      ...folded.map(({ key, name }) => h('option', { value: name }, key ? `${key}  ${name}` : name)),
    );
    this.more.value = folded[chosen - fits]?.name ?? '';
  }

  private get overflows(): boolean {
    return this.presets.scrollWidth > this.presets.clientWidth;
  }

  private chooseMore(): void {
    const preset = this.offered.find(({ name }) => name === this.more.value);
    if (preset) this.actions.preset(preset);
    // The keys stay the picture's.
    this.more.blur();
  }
}
