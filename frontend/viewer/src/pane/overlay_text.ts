/** What is written over a picture: slice, window, zoom, position, laterality, orientation letters, failure. */

import type { StackJson } from '../model/pictures';
import type { PlaneName } from '../model/presentation';
import { windowName } from '../model/windows';
import { h, setText } from '../page/dom';
import type { Pane } from './pane';

/** The axis that planes move along, and the letters of its ends (DICOM PS3.3 C.7.6.2.1.1: to the left, back, head). */
const PLANE_AXES: Partial<Record<PlaneName, readonly [0 | 1 | 2, readonly [string, string]]>> = {
  axial: [2, ['F', 'H']],
  coronal: [1, ['A', 'P']],
  sagittal: [0, ['R', 'L']],
};

export class OverlayText {
  readonly element: HTMLElement;
  private readonly corner: Record<'tl' | 'tr' | 'bl' | 'br', HTMLElement>;
  private readonly edge: Record<'left' | 'right' | 'top' | 'bottom', HTMLElement>;
  private readonly failure: HTMLElement;
  private readonly loading: HTMLElement;
  private readonly reason: HTMLElement;
  private readonly warning: HTMLElement;
  private readonly notes: HTMLButtonElement;
  private readonly shades = h('div');
  private readonly title = h('div');
  private readonly view = h('div', { class: 'overlay-view' });
  private readonly refusal = h('div', { class: 'pane-refusal', role: 'status', hidden: true });
  private wholeNotes = false;

  constructor(
    private readonly pane: Pane,
    private readonly showsOverlays: () => boolean,
  ) {
    const box = (name: string): HTMLElement => h('div', { class: `overlay overlay-${name}` });
    this.corner = { tl: box('tl'), tr: box('tr'), bl: box('bl'), br: box('br') };
    this.edge = { left: box('left'), right: box('right'), top: box('top'), bottom: box('bottom') };
    this.reason = h('p', {});
    this.failure = h(
      'div',
      { class: 'pane-failure', role: 'alert', hidden: true },
      h('strong', {}, 'This picture could not be shown'),
      this.reason,
      h('button', { type: 'button', onclick: () => pane.retry() }, 'Try again'),
    );
    this.loading = h('div', { class: 'pane-loading', hidden: true }, 'Loading…');
    this.warning = h('div', { class: 'pane-warning', role: 'alert', hidden: true });
    this.notes = h('button', { type: 'button', class: 'pane-notes', hidden: true, onclick: () => this.turnNotes() });
    this.corner.bl.append(this.notes, this.shades);
    this.corner.tl.append(this.title, this.view, this.refusal);
    this.element = h(
      'div',
      { class: 'overlays' },
      ...Object.values(this.corner),
      ...Object.values(this.edge),
      this.loading,
      this.warning,
      this.failure,
    );
  }

  update(): void {
    const { pane } = this;
    const { stack } = pane;
    const failure = pane.failure;
    this.failure.hidden = failure === null;
    setText(this.reason, failure ?? '');
    this.loading.hidden = !(pane.loading && pane.shown < 0);
    // The old picture is never shown as if it were the one that failed.
    pane.element.classList.toggle('failed', failure !== null);
    if (!stack) return;
    setText(this.title, [stack.title || stack.modality, sideWords(stack)].filter(Boolean).join('\n'));
    setText(this.view, pane.said.join('\n'));
    setText(this.refusal, pane.refusal);
    this.refusal.hidden = pane.refusal === '';
    const { count } = pane;
    const noun = pane.reformatted ? capital(pane.presentation.plane) : stack.kind === 'cine' ? 'Frame' : 'Slice';
    const waiting = pane.loading && pane.shown >= 0 ? ` → ${pane.target + 1} loading` : '';
    const at = pane.shown >= 0 ? pane.shown : pane.target;
    const position = this.positionWords();
    setText(
      this.corner.tr,
      [count > 1 ? `${noun} ${at + 1} / ${count}${waiting}` : '', position].filter(Boolean).join('\n'),
    );
    const window = this.shadeWords();
    setText(this.shades, window + (pane.inverted ? ' · inverted' : ''));
    this.updateNotes(stack);
    const turned = pane.flips.horizontal || pane.flips.vertical ? 'turned to hanging' : '';
    setText(
      this.corner.br,
      [pane.coarseness, this.overlayWords(), turned, `Zoom ${Math.round(pane.zoom * 100)} %`]
        .filter(Boolean)
        .join('\n'),
    );
    const letters = pane.letters;
    for (const name of ['left', 'right', 'top', 'bottom'] as const) setText(this.edge[name], letters?.[name] ?? '');
  }

  /** One calm line; a press of it shows every note whole. */
  private updateNotes({ notes, warning }: StackJson): void {
    setText(this.warning, warning);
    this.warning.hidden = warning === '';
    this.notes.hidden = notes.length === 0;
    const more = notes.length > 1 && !this.wholeNotes ? `${notes.length} notes: ` : '';
    setText(this.notes, more + notes.join(this.wholeNotes ? '\n' : ' '));
    this.notes.title = this.wholeNotes ? 'Show less' : notes.join('\n');
    this.notes.setAttribute('aria-expanded', String(this.wholeNotes));
    this.notes.classList.toggle('whole', this.wholeNotes);
  }

  private turnNotes(): void {
    this.wholeNotes = !this.wholeNotes;
    // The keys stay the picture's.
    this.notes.blur();
    this.update();
  }

  private overlayWords(): string {
    const planes = this.pane.frame?.overlays ?? [];
    if (planes.length === 0) return '';
    const noun = planes.length === 1 ? 'Overlay' : `${planes.length} overlays`;
    return `${noun} ${this.showsOverlays() ? 'shown' : 'hidden'} (O)`;
  }

  private shadeWords(): string {
    const { pane } = this;
    if (pane.windowed || pane.shown < 0) return this.windowWords();
    return pane.presentation.composition === 'three-window' ? 'Three windows' : 'Colour';
  }

  private windowWords(): string {
    const window = this.pane.window;
    if (!window) return '';
    const digits = window.width < 10 ? 2 : 0;
    const name = windowName(window, this.pane.stack?.presets ?? []);
    const named = name ? `${name} · ` : '';
    return `${named}C ${window.centre.toFixed(digits)}  W ${window.width.toFixed(digits)}`;
  }

  /** Where a plane cuts, along the axis of the patient that it moves on. */
  private planeWords(): string {
    const { plane, presentation } = this.pane;
    if (!plane) return '';
    const [axis, letters] = PLANE_AXES[presentation.plane] ?? [2, ['F', 'H']];
    const at = plane.origin[axis];
    return `Position ${Math.abs(at).toFixed(1)} mm ${letters[at < 0 ? 0 : 1]}`;
  }

  private positionWords(): string {
    if (this.pane.reformatted) return this.planeWords();
    const geometry = this.pane.frame?.geometry;
    const o = geometry?.orientation;
    if (this.pane.stack?.kind !== 'volume' || !geometry?.position || !o) return '';
    const [x, y, z] = geometry.position;
    const normal = [o[1] * o[5] - o[2] * o[4], o[2] * o[3] - o[0] * o[5], o[0] * o[4] - o[1] * o[3]] as const;
    const along = x * normal[0] + y * normal[1] + z * normal[2];
    const thick = geometry.slice_thickness ? `  thick ${geometry.slice_thickness.toFixed(1)} mm` : '';
    const gap = this.pane.stack.gaps.find(({ after }) => after === this.pane.shown + 1);
    const far = gap ? `\n${gap.millimetres.toFixed(1)} mm to the next slice` : '';
    return `Position ${along.toFixed(1)} mm${thick}${far}`;
  }
}

/** "coronal" to "Coronal". */
function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** Side and view, as far as the title does not say them already. */
function sideWords({ title, laterality, view }: StackJson): string {
  const said = title.toLowerCase().replaceAll(' ', '');
  if (said.includes(`${laterality}${view}`.toLowerCase())) return '';
  return [laterality, said.includes(view.toLowerCase()) ? '' : view].filter(Boolean).join(' ');
}
