/** What calipers measure beside what is printed: of the pictures that are shown, and of every other where it differs. */
import type { CaliperAxis, CaliperLengths } from '../model/reading';
import { h } from '../page/dom';
import type { Places } from '../store/places';
import type { Panel } from './panel';

const SIGNS: Readonly<Record<CaliperAxis['state'], string>> = {
  agrees: '✓',
  differs: '⚠',
  not_compared: '',
  not_calibrated: '',
};
const SPOKEN: Readonly<Record<CaliperAxis['state'], string>> = {
  agrees: 'agrees',
  differs: 'differs',
  not_compared: '',
  not_calibrated: '',
};

export const differs = ({ axes }: CaliperLengths): boolean => axes.some(({ state }) => state === 'differs');

export class CaliperLengthsPanel implements Panel {
  readonly element: HTMLElement;
  private readonly list = h('div', {});
  private shown = '';

  constructor(
    private readonly pictures: readonly CaliperLengths[],
    private readonly places: Places,
    private readonly shownFrames: () => ReadonlySet<string>,
    private readonly reveal: (frame: string) => void,
  ) {
    this.element = h(
      'section',
      { class: 'panel caliper-lengths', hidden: true },
      h('h2', {}, 'Calipers in the picture'),
      this.list,
    );
  }

  update(): void {
    const frames = this.shownFrames();
    const told = this.pictures.filter((one) => frames.has(one.frame) || differs(one));
    this.element.hidden = told.length === 0;
    const state = told.map(({ frame }) => frame).join(' ');
    if (state === this.shown) return;
    this.shown = state;
    this.list.replaceChildren(...told.map((one) => this.picture(one)));
  }

  private picture(one: CaliperLengths): HTMLElement {
    const warns = differs(one);
    return h(
      'div',
      { class: warns ? 'measured differs' : 'measured', 'data-frame': one.frame },
      h(
        'button',
        { type: 'button', class: 'mark-jump', onclick: () => this.reveal(one.frame) },
        this.places.words(one.frame),
      ),
      h('ul', {}, ...one.axes.map((axis) => axisLine(axis))),
      one.told ? h('p', warns ? { class: 'trouble' } : {}, one.told) : null,
    );
  }
}

function axisLine({ state, told }: CaliperAxis): HTMLElement {
  const sign = SIGNS[state];
  return h(
    'li',
    { class: state },
    told,
    sign ? h('span', { class: 'sign', role: 'img', 'aria-label': SPOKEN[state], title: SPOKEN[state] }, sign) : null,
  );
}
