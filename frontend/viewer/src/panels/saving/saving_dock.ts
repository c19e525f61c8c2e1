/** Below the findings: what saving asks of the reader. Empty, and not there, as long as it asks nothing. */
import { h } from '../../page/dom';
import type { Lifetime } from '../../page/lifetime';
import type { Workstation } from '../../page/workstation';
import type { Acts } from '../../store/acts';
import type { Places } from '../../store/places';
import type { Panel } from '../panel';
import { ConflictPanel } from './conflict_panel';
import { SignInPanel } from './sign_in_panel';
import { WaitingPanel } from './waiting_panel';

export interface DockActions {
  jumpToMark(id: string): void;
  say(words: string): void;
  refresh(): void;
}

export class SavingDock implements Panel {
  readonly element: HTMLElement;
  private readonly panels: readonly Panel[];

  constructor(station: Workstation, acts: Acts, places: Places, page: DockActions, lifetime: Lifetime) {
    const { saving, person } = station;
    const { queue } = acts.workspace;
    const api = station.apiOf(acts.manifest.case.id);
    const schemasAnew = async (): Promise<void> => {
      const { schemas } = await api.manifest();
      Object.assign(acts.manifest, { schemas });
      acts.workspace.records.announce();
    };
    this.panels = [
      new SignInPanel({
        person: person.name,
        signIn: (password) => api.signInAgain(password),
        waiting: () => {
          const { unsaved, unkept } = queue.summary();
          const kept = unkept > 0 ? 'leave this page open' : 'kept in this browser, readable for you alone';
          return {
            isSignedOut: saving.isSignedOut,
            why: queue.lineMessage,
            words: `${unsaved === 1 ? '1 change waits' : `${unsaved} changes wait`}, ${kept}. You can go on reading.`,
          };
        },
        done: () => {
          saving.flush();
          page.say('Signed in again.');
        },
      }),
      new ConflictPanel(acts, places, (mark) => page.jumpToMark(mark)),
      new WaitingPanel(acts, saving, (kind, id) => api.current(kind, id), page.say, schemasAnew),
    ];
    this.element = h('div', {
      class: 'saving-dock',
      role: 'region',
      'aria-live': 'polite',
      'aria-label': 'Saving',
      hidden: true,
    });
    this.element.append(...this.panels.map((panel) => panel.element));
    lifetime.atEnd(saving.subscribe(() => page.refresh()));
  }

  update(): void {
    for (const panel of this.panels) panel.update();
    const isEmpty = this.panels.every((panel) => panel.element.hidden);
    if (this.element.hidden !== isEmpty) this.element.hidden = isEmpty;
  }

  /** Put the keyboard into what is asked; false when nothing is. */
  focus(): boolean {
    this.update();
    const first = this.element.querySelector<HTMLElement>('section:not([hidden]) :is(button, a, input:not([hidden]))');
    first?.focus();
    return first !== null;
  }
}
