/** What is not saved and why, where the reader can do something about it. */
import { h } from '../../page/dom';
import type { PageSaving } from '../../save/page_saving';
import type { Acts } from '../../store/acts';
import type { AnyRecord, RecordKind } from '../../store/records';
import { ask } from '../dialogs';
import type { Panel } from '../panel';

const WORDS: Record<RecordKind, string> = {
  finding: 'A finding',
  annotation: 'A mark',
  answer: 'An answer',
  decision: 'A decision on a suggestion',
};

const KEPT_HERE = 'It is kept in this browser until you change it or give it up.';

export class WaitingPanel implements Panel {
  readonly element = h('section', { class: 'panel waiting', 'aria-label': 'Not saved yet', hidden: true });
  private signature = '';

  constructor(
    private readonly acts: Acts,
    private readonly saving: PageSaving,
    /** What the server has of a record; null: nothing. */
    private readonly current: (kind: RecordKind, id: string) => Promise<AnyRecord | null>,
    private readonly say: (words: string) => void,
    /** What was given up may be asked no more: the server says what is. */
    private readonly schemasAnew: () => Promise<void> = async () => undefined,
  ) {}

  update(): void {
    const parts = [this.ofLine(), ...this.ofRefusals(), ...this.ofOthers()].filter((part) => part !== null);
    this.element.hidden = parts.length === 0;
    const signature = JSON.stringify(parts.map((part) => [part.words, part.button]));
    if (parts.length === 0 || signature === this.signature) return;
    this.signature = signature;
    this.element.replaceChildren(
      h('h2', {}, 'Not saved yet'),
      ...parts.map(({ words, button, act, link }) =>
        h(
          'p',
          { class: 'waiting-row' },
          h('span', {}, words),
          button && act ? h('button', { type: 'button', onclick: act }, button) : null,
          button && link ? h('a', { href: link }, button) : null,
        ),
      ),
    );
  }

  /** The server takes nothing, or the browser keeps nothing. */
  private ofLine(): Row | null {
    const { queue } = this.acts.workspace;
    const { state, unsaved } = queue.summary();
    const lost = queue.storageTrouble
      ? ` They are in this page alone, because ${queue.storageTrouble}: leave it open.`
      : '';
    const again = { button: 'Try now', act: () => this.saving.flush() };
    if (state === 'full')
      return { words: `${queue.lineMessage} ${count(unsaved)} here and will be sent again.${lost}`, ...again };
    if (state === 'unreachable' && lost)
      return { words: `The server can't be reached. ${count(unsaved)}.${lost}`, ...again };
    return null;
  }

  private ofRefusals(): Row[] {
    const { queue } = this.acts.workspace;
    return queue.refusals().map(({ kind, id, message }) => ({
      words: `${WORDS[kind]} was not accepted: ${message}${kind === 'answer' ? ` ${KEPT_HERE}` : ''}`,
      button: 'Give it up',
      act: () => void this.giveUp(kind, id),
    }));
  }

  private ofOthers(): Row[] {
    return this.saving.others.waiting.map(({ case: id, unsaved, message, state }) => {
      const isThis = id === this.acts.manifest.case.id;
      const words = `${count(unsaved)} ${isThis ? 'of this case' : 'in another case'}${message ? `: ${message}` : ''}`;
      if (state === 'refused') return { words, button: 'Give up', act: () => void this.giveUpOther(id) };
      if (state === 'conflict')
        return { words: `${words}: changed elsewhere too`, button: 'Open it', link: `/cases/${id}/` };
      return { words: `${words}, to be sent by itself.` };
    });
  }

  private async giveUpOther(id: string): Promise<void> {
    const sure = await ask(
      'Give up what was not accepted?',
      ['It is in this browser alone, and gone afterwards. An admin may be able to open the case again for you.'],
      [
        { words: 'Keep it', value: false, primary: true },
        { words: 'Give it up', value: true },
      ],
    );
    if (sure) this.saving.others.giveUp(id);
  }

  private async giveUp(kind: RecordKind, id: string): Promise<void> {
    const { journal, queue, records } = this.acts.workspace;
    try {
      const made = kind === 'decision' ? records.get('decision', id)?.annotation : null;
      const current = await this.current(kind, id);
      journal.forget(kind, id);
      queue.giveUp(kind, id, current);
      // The mark of an acceptance that was not taken is on this page alone.
      const mark = made ? records.get('annotation', made) : undefined;
      if (mark) records.put('annotation', { ...mark, deleted: true });
      if (kind === 'answer') await this.schemasAnew();
    } catch {
      this.say('The server could not be reached; try again.');
    }
  }
}

interface Row {
  words: string;
  button?: string;
  act?: () => void;
  link?: string;
}

function count(changes: number): string {
  return changes === 1 ? '1 change waits' : `${changes} changes wait`;
}
