/** Before a version is published: what changes, what becomes of the answers that there are, and why it is done. */
import { h } from '../page/dom';
import { button, faultSlot } from './fields';
import type { Comparison, DryRun, Example, Found, SchemaServer } from './server';
import { ServerError } from './server';

const POLL_MS = 700;

export interface PublishActs {
  /** Save what is not saved; resolves to the revision, or null where that failed or faults are left. */
  ready(): Promise<{ revision: number; basedOn: number | null } | null>;
  published(version: number): void;
  rebased(): Promise<void>;
}

export class PublishPane {
  readonly element: HTMLElement;
  private readonly told = h('div', { class: 'told' });
  private readonly found = h('div', { class: 'found', role: 'status' });
  private readonly trouble = h('p', { class: 'notice error', role: 'alert', hidden: true });
  private readonly reason = h('textarea', {
    rows: 2,
    maxlength: 500,
    'data-path': 'reason',
    'aria-describedby': 'fault-reason',
  });
  private readonly go: HTMLButtonElement;
  private gone = false;

  constructor(
    private readonly server: SchemaServer,
    private readonly acts: PublishActs,
    private readonly newest: number | null,
  ) {
    this.go = button(
      newest === null ? 'Publish version 1' : `Publish version ${newest + 1}`,
      () => void this.publish(),
      {
        class: 'primary',
      },
    );
    this.element = h(
      'section',
      { class: 'pane' },
      h('h2', {}, 'Compare, try and publish'),
      this.trouble,
      this.told,
      this.found,
      h(
        'div',
        { class: 'ed-field' },
        h(
          'label',
          {},
          h('span', {}, 'Why', h('small', {}, ' kept with the version and in the audit trail')),
          this.reason,
        ),
        faultSlot('reason'),
      ),
      h(
        'div',
        { class: 'row' },
        this.go,
        h('span', { class: 'soft small' }, 'A published version is never changed, only superseded.'),
      ),
    );
  }

  /** The pane is not looked at any more. */
  leave(): void {
    this.gone = true;
  }

  async look(): Promise<void> {
    this.go.disabled = true;
    this.told.replaceChildren(h('p', { class: 'soft' }, 'Saving the draft …'));
    const ready = await this.acts.ready();
    if (this.gone) return;
    if (!ready) {
      this.told.replaceChildren(
        h(
          'p',
          { class: 'notice warning' },
          'It can be published once it is saved and without faults: they are marked in the list.',
        ),
      );
      return;
    }
    this.go.disabled = false;
    await this.attempt(async () => {
      await this.compare();
      await this.tryOnAnswers(ready.revision);
    });
    if (ready.basedOn !== this.newest) this.offerRebase();
  }

  private async compare(): Promise<void> {
    if (this.newest === null) {
      this.told.replaceChildren(h('p', {}, 'This is the first version: there is nothing to compare it with.'));
      return;
    }
    const comparison = await this.server.compare(this.newest);
    this.told.replaceChildren(...comparisonElements(comparison, this.newest));
    this.go.disabled = comparison.groups.length === 0;
  }

  private async tryOnAnswers(revision: number): Promise<void> {
    this.found.replaceChildren(h('p', { class: 'soft' }, 'Trying it on the answers that there are …'));
    let run = await this.server.tryOnAnswers(revision);
    while (run.job && !run.found && !this.gone) {
      if (['failed', 'cancelled'].includes(run.job.state)) {
        this.found.replaceChildren(h('p', { class: 'notice error' }, run.job.error || 'The trial was stopped.'));
        return;
      }
      this.found.replaceChildren(...progressElements(run));
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      run = await this.server.tried(run.job.id);
    }
    if (run.found) this.found.replaceChildren(...foundElements(run.found));
  }

  private offerRebase(): void {
    this.go.disabled = true;
    this.told.prepend(
      h(
        'p',
        { class: 'notice warning' },
        `Version ${this.newest} was taken in after this draft was begun. What follows is what the draft changes of it. `,
        button('I have seen it: build on it', () => void this.attempt(() => this.acts.rebased()), { class: 'small' }),
      ),
    );
  }

  private async publish(): Promise<void> {
    const why = this.reason.value.trim();
    const slot = this.element.querySelector<HTMLElement>('[data-fault="reason"]');
    if (slot) {
      slot.hidden = why !== '';
      slot.textContent = why ? '' : 'Say why, in a few words.';
    }
    if (!why) {
      this.reason.focus();
      return;
    }
    const ready = await this.acts.ready();
    if (!ready) return;
    await this.attempt(async () => {
      const made = await this.server.publish(ready.revision, why);
      this.acts.published(made.version);
    });
  }

  private async attempt(act: () => Promise<void>): Promise<void> {
    this.trouble.hidden = true;
    try {
      await act();
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      this.trouble.hidden = false;
      this.trouble.textContent = error.message;
    }
  }
}

function comparisonElements(comparison: Comparison, old: number): HTMLElement[] {
  if (comparison.groups.length === 0)
    return [h('p', { class: 'notice' }, `The draft says what version ${old} says: there is nothing to publish.`)];
  const sure = comparison.keeps_answers
    ? 'Every answer given under it stays valid.'
    : 'Some answers given under it may not be valid: the trial below says which.';
  const scores = comparison.keeps_scores ? '' : ' The same answers may be scored otherwise.';
  return [
    h('h3', {}, `What changes of version ${old}`),
    h('p', { class: comparison.keeps_answers ? 'notice success' : 'notice warning' }, sure + scores),
    ...comparison.groups.map(({ title, changes }) =>
      h(
        'div',
        { class: 'changes' },
        h('h4', {}, title),
        h(
          'ul',
          {},
          ...changes.map((change) =>
            h(
              'li',
              {},
              change.words,
              change.breaks ? h('span', { class: 'tag warn' }, 'older answers') : null,
              change.scores ? h('span', { class: 'tag' }, 'score') : null,
            ),
          ),
        ),
      ),
    ),
  ];
}

function progressElements({ job }: DryRun): HTMLElement[] {
  const percent = job?.percent ?? 0;
  return [
    h('h3', {}, 'On the answers that there are'),
    h('progress', { max: 100, value: percent, 'aria-label': 'Progress of the trial' }),
    h('p', { class: 'soft small' }, job?.doing || 'waiting for a worker'),
  ];
}

function foundElements(found: Found): HTMLElement[] {
  const head = h('h3', {}, 'On the answers that there are');
  if (!found.schema || found.answers === 0)
    return [
      head,
      h('p', {}, found.schema ? `Nobody answered ${found.schema} yet.` : 'Nobody can have answered it yet.'),
    ];
  const moves = found.levels.filter((row) => row.before !== row.after);
  const named = new Set(found.levels.map((row) => row.system)).size > 1;
  return [
    head,
    h(
      'p',
      { class: found.invalid > 0 ? 'notice warning' : 'notice success' },
      `${found.answers} ${found.answers === 1 ? 'answer' : 'answers'} to ${found.schema}: ${found.valid} would be valid, ${found.invalid} not. ` +
        `The level of ${found.changed} would be another one, the points of ${found.points_changed}. They stay as they are, under ${found.schema}.`,
    ),
    found.faults.length > 0
      ? table(
          ['What is not valid', 'Why', 'Answers', 'For example'],
          found.faults.map((fault) => [
            h('code', {}, fault.path.replace(/^answers\./, '')),
            fault.reason,
            String(fault.count),
            examples(fault.examples),
          ]),
        )
      : h('span', {}),
    found.more_faults > 0
      ? h('p', { class: 'soft small' }, `and ${found.more_faults} with other faults.`)
      : h('span', {}),
    moves.length > 0
      ? table(
          [...(named ? ['Table'] : []), 'Level now', 'Level then', 'Answers', 'For example'],
          moves.map((row) => [
            ...(named ? [row.system] : []),
            row.before,
            row.after,
            String(row.count),
            examples(row.examples),
          ]),
        )
      : h('span', {}),
  ];
}

function table(heads: readonly string[], rows: readonly (readonly (string | HTMLElement)[])[]): HTMLElement {
  return h(
    'div',
    { class: 'scroll-x' },
    h(
      'table',
      {},
      h('thead', {}, h('tr', {}, ...heads.map((head) => h('th', {}, head)))),
      h('tbody', {}, ...rows.map((row) => h('tr', {}, ...row.map((cell) => h('td', {}, cell))))),
    ),
  );
}

function examples(list: readonly Example[]): HTMLElement {
  return h(
    'span',
    {},
    ...list.flatMap((one, at) => [
      at > 0 ? ', ' : null,
      one.title
        ? h('a', { href: `/cases/${one.case}/` }, [one.title, one.finding].filter(Boolean).join(', '))
        : h('span', { class: 'mono' }, one.answer.slice(0, 8)),
    ]),
  );
}
