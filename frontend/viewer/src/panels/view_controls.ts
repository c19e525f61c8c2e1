/** Above the panes: three windows, slab and plane of the active pane, as far as its stack has them. */

import type { StackJson } from '../model/pictures';
import {
  type PlaneName,
  SLAB_MODES,
  SLAB_WORDS,
  type SlabMode,
  slabRefusal,
  threeWindowRefusal,
} from '../model/presentation';
import { h, setText } from '../page/dom';
import type { Pane } from '../pane/pane';

const PLANES: readonly (readonly [PlaneName, string])[] = [
  ['acquired', 'Acquired'],
  ['axial', 'Axial'],
  ['coronal', 'Coronal'],
  ['sagittal', 'Sagittal'],
];

export class ViewControls {
  readonly element: HTMLElement;
  private readonly three: HTMLButtonElement;
  private readonly slab: HTMLSelectElement;
  private readonly thickness = h('output', { title: 'Slices of the slab' });
  private readonly thicknessGroup: HTMLElement;
  private readonly slabGroup: HTMLElement;
  private readonly plane: HTMLSelectElement;

  constructor(
    private readonly pane: () => Pane,
    /** Carries out a command by its name, as its key does. */
    run: (id: string) => void,
    keyOf: (id: string) => string,
  ) {
    const titled = (words: string, id: string): string => `${words} (${keyOf(id)})`;
    this.three = h(
      'button',
      {
        type: 'button',
        title: titled('Brain, subdural and bone at once, as red, green and blue', 'views.three_windows'),
        onclick: () => run('views.three_windows'),
      },
      h('kbd', {}, keyOf('views.three_windows')),
      'Three',
    );
    this.slab = h(
      'select',
      {
        'aria-label': 'Slab',
        title: titled('Several slices as one', 'views.slab'),
        onchange: () => this.chooseSlab(this.slab.value as SlabMode),
      },
      ...SLAB_MODES.map((mode) => h('option', { value: mode }, mode === 'none' ? 'Slice' : SLAB_WORDS[mode])),
    );
    const step = (words: string, sign: string, id: string): HTMLButtonElement =>
      h('button', { type: 'button', 'aria-label': words, title: titled(words, id), onclick: () => run(id) }, sign);
    this.thicknessGroup = h(
      'div',
      { class: 'thickness' },
      step('Thinner slab', '−', 'views.thinner'),
      this.thickness,
      step('Thicker slab', '+', 'views.thicker'),
    );
    this.slabGroup = h('div', { class: 'group' }, this.slab, this.thicknessGroup);
    this.plane = h(
      'select',
      {
        'aria-label': 'Plane',
        title: titled('Cut the volume along the patient’s axes', 'views.plane'),
        onchange: () => this.pane().change({ plane: this.plane.value as PlaneName }),
      },
      ...PLANES.map(([value, words]) => h('option', { value }, words)),
    );
    this.element = h('div', { class: 'view-controls' }, this.three, this.slabGroup, this.plane);
  }

  update(): void {
    const pane = this.pane();
    const { stack, presentation } = pane;
    const { slab, composition, plane } = presentation;
    this.three.hidden = !stack || threeWindowRefusal(stack) !== '';
    this.three.setAttribute('aria-pressed', String(composition === 'three-window'));
    this.slabGroup.hidden = !stack || slabRefusal(stack) !== '';
    this.slab.value = slab.mode;
    this.thicknessGroup.hidden = slab.mode === 'none';
    setText(this.thickness, String(slab.slices));
    this.plane.hidden = !stack || !mayBeVolume(stack);
    this.plane.value = plane;
  }

  private chooseSlab(mode: SlabMode): void {
    const pane = this.pane();
    pane.change({ slab: { ...pane.presentation.slab, mode } });
  }
}

/** Whether planes are worth offering; why one volume of them can't be cut is said when it is asked for. */
function mayBeVolume({ kind, modality, frames, samples_per_pixel }: StackJson): boolean {
  return kind === 'volume' && ['CT', 'MR', 'PT'].includes(modality) && frames.length > 2 && samples_per_pixel === 1;
}
