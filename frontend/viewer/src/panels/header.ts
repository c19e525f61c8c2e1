/** The top of the page: where the reader is, whether everything is saved, and what comes next. */
import type { Manifest } from '../model/manifest';
import { h, setText } from '../page/dom';
import type { Lifetime } from '../page/lifetime';
import { clockWords, type ReadingClock } from '../person/reading_clock';
import type { SaveQueue } from '../save/queue';

export interface HeaderActions {
  submit: () => void;
  next: () => void;
  previous: () => void;
  help: () => void;
  showWaiting: () => void;
}

export class Header {
  readonly element: HTMLElement;
  private readonly clock = h('span', { class: 'clock dim', hidden: true });
  private readonly save: HTMLButtonElement;

  constructor(
    manifest: Manifest,
    worklist: string,
    private readonly queue: SaveQueue,
    actions: HeaderActions,
  ) {
    const { case: reading, reading: state } = manifest;
    const patient = reading.patient;
    const who = patient
      ? [patient.name.replaceAll('^', ' ').trim(), patient.patient_id, patient.sex, dicomDate(patient.birth_date)]
          .filter(Boolean)
          .join(' · ')
      : '';
    this.save = h('button', {
      type: 'button',
      class: 'save-state',
      'aria-live': 'polite',
      onclick: actions.showWaiting,
    });
    const canSubmit = state.assignment !== null && !state.locked && state.state !== 'submitted' && state.may_annotate;
    this.element = h(
      'header',
      { class: 'top' },
      h('a', { class: 'back', href: worklist }, '← Worklist'),
      h('h1', {}, reading.title),
      h('span', { class: 'dim' }, [reading.modality, who].filter(Boolean).join(' · ')),
      state.position ? h('span', { class: 'dim position' }, state.position) : null,
      h('span', { class: 'spring' }),
      this.clock,
      this.save,
      h('button', { type: 'button', class: 'quiet', title: 'Keys (?)', onclick: actions.help }, '? Keys'),
      state.assignment || state.may_review
        ? h(
            'button',
            {
              type: 'button',
              class: 'quiet',
              title: 'Previous case (Shift + N)',
              'aria-label': 'Previous case',
              onclick: actions.previous,
            },
            '‹',
          )
        : null,
      state.assignment || state.may_review
        ? h(
            'button',
            { type: 'button', class: 'quiet', title: 'Next case without submitting (N)', onclick: actions.next },
            'Next case',
          )
        : null,
      canSubmit
        ? h(
            'button',
            { type: 'button', class: 'primary', title: 'Submit (S)', onclick: actions.submit },
            state.submits_to === 'suggestions' ? 'Lock and show suggestions' : 'Submit',
          )
        : null,
    );
  }

  /** The time read so far, pauses left out. */
  showClock(clock: ReadingClock, lifetime: Lifetime): void {
    const show = (): void => {
      setText(this.clock, clockWords(clock.seconds));
      this.clock.classList.toggle('stands', !clock.running);
      this.clock.title = clock.running ? 'Time read, without pauses' : 'Time read; stands while you are away';
    };
    this.clock.hidden = false;
    show();
    const timer = window.setInterval(show, 1000);
    lifetime.atEnd(() => window.clearInterval(timer));
  }

  update(): void {
    const { state, words } = this.queue.summary();
    setText(this.save, words);
    this.save.dataset.state = state;
    this.save.disabled = state === 'saved' || state === 'saving';
  }
}

/** A DICOM date (YYYYMMDD) with hyphens; what is none stays as it came. */
function dicomDate(text: string): string {
  return text.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3');
}
