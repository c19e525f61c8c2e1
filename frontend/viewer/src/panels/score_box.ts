/** What follows from the answers: points, level, what to do, what was chosen by hand, and what is still missing. */
import type { Override, Score, SystemScore } from '../model/reading';
import { h, showAnew } from '../page/dom';
import { warningsOf } from './form_rules';

/** As many missing answers are named; of the rest the number is told, and one key leads from one to the next. */
const MOST_MISSING = 4;

export class ScoreBox {
  readonly element = h('div', { class: 'score', 'aria-live': 'polite' });
  private last = '';
  /** Kept open while the lines change. */
  private whyIsOpen = false;

  constructor(
    private readonly askFor: (question: string) => void,
    private readonly titleOf: (question: string) => string,
  ) {}

  /** Returns whether what is shown may have grown. */
  update(score: Partial<Score> | null, override: Override | null, waits = false): boolean {
    this.element.classList.toggle('waits', waits);
    const empty = !score || Object.keys(score).length === 0;
    const key = JSON.stringify([score, override, waits && empty]);
    if (key === this.last) return false;
    this.last = key;
    const shown = empty ? (waits ? [h('p', { class: 'score-level' })] : []) : this.lines(score, override);
    // The server's score takes the place of the page's own under the reader's hands.
    showAnew(this.element, shown);
    this.element.hidden = this.element.childElementCount === 0;
    return true;
  }

  private lines(score: Partial<Score>, override: Override | null): HTMLElement[] {
    const made: HTMLElement[] = [];
    if (override) made.push(overrideLine(override));
    const systems = Object.entries(score.systems ?? {});
    if (systems.length > 0) {
      made.push(h('div', { class: 'systems' }, ...systems.map(([name, s]) => systemElement(name, s))));
    } else {
      const head = [score.level, pointsText(score.points)].filter(Boolean).join(' · ');
      if (head) made.push(h('p', { class: 'score-level' }, override ? `Computed: ${head}` : head));
      const likelihood = score.likelihood ? `Likelihood of malignancy ${score.likelihood}` : '';
      const advice = [score.management || score.recommendation, likelihood].filter(Boolean).join('. ');
      if (advice) made.push(h('p', { class: 'advice' }, advice));
    }
    const size = sizeWords(score);
    if (size) made.push(h('p', { class: 'size' }, size));
    for (const { message, questions } of warningsOf(score)) made.push(this.warning(message, questions));
    const missing = this.missing(score);
    if (missing) made.push(missing);
    const explanation = score.explanation ?? [];
    if (made.length === 0 && explanation.length <= 2)
      made.push(...explanation.map((line) => h('p', { class: 'advice' }, line)));
    else if (explanation.length > 0) made.push(this.why(explanation));
    return made;
  }

  /** A press leads to what it is about. */
  private warning(message: string, [first]: readonly string[]): HTMLElement {
    if (first === undefined) return h('p', { class: 'warning' }, message);
    return h(
      'p',
      { class: 'warning' },
      h('button', { type: 'button', class: 'jump', 'data-about': first, onclick: () => this.askFor(first) }, message),
    );
  }

  private why(lines: readonly string[]): HTMLElement {
    const details = h(
      'details',
      {
        class: 'why',
        open: this.whyIsOpen,
        ontoggle: () => {
          this.whyIsOpen = details.open;
        },
      },
      h('summary', {}, 'Why'),
      ...lines.map((line) => h('p', {}, line)),
    );
    return details;
  }

  /** Each missing answer by its title; a press leads to its question. */
  private missing(score: Partial<Score>): HTMLElement | null {
    const names = score.missing_names ?? [];
    const titles = score.missing ?? names.map(this.titleOf);
    if (titles.length === 0) return null;
    const more = titles.length - MOST_MISSING;
    return h(
      'p',
      { class: 'missing' },
      'Still to answer: ',
      ...titles.slice(0, more > 1 ? MOST_MISSING : titles.length).map((title, i) => {
        const name = names[i];
        if (name === undefined) return h('span', {}, title);
        return h(
          'button',
          { type: 'button', class: 'jump missing-answer', 'data-missing': name, onclick: () => this.askFor(name) },
          title,
        );
      }),
      more > 1 ? `and ${more} more` : null,
    );
  }
}

function overrideLine(override: Override): HTMLElement {
  const chosen = 'level' in override ? override.level : override.category;
  return h(
    'p',
    { class: 'by-hand' },
    h('span', { class: 'score-level' }, chosen),
    h('small', {}, ' by hand: '),
    override.reason,
  );
}

function systemElement(name: string, system: SystemScore): HTMLElement {
  const level = [system.level ?? '–', pointsText(system.points)].filter(Boolean).join(' · ');
  return h(
    'div',
    { class: 'system', 'data-system': name },
    h('small', {}, system.title ?? name.toUpperCase()),
    h('p', { class: 'score-level' }, level),
    h('p', { class: 'advice' }, system.recommendation ?? ''),
  );
}

/** The size that counted, and where it comes from. */
function sizeWords({ size_mm: size, size_source: source, systems }: Partial<Score>): string {
  if (typeof size !== 'number' || !systems) return '';
  const from = source === 'typed' ? 'typed' : source === 'measured' || !source ? 'measured' : `from the ${source}`;
  return `Largest diameter ${Math.round(size * 10) / 10} mm, ${from}`;
}

function pointsText(points: number | null | undefined): string {
  return points == null ? '' : points === 1 ? '1 point' : `${points} points`;
}
