/** What the server computed from the answers: points, level, what to do, and what is still missing. */
import type { Score } from '../model/types';
import { h } from '../page/dom';

interface SystemScore {
  title?: string;
  points?: number | null;
  level?: string | null;
  recommendation?: string;
}

export class ScoreBox {
  readonly element = h('div', { class: 'score', 'aria-live': 'polite' });
  private last = '';

  constructor(private readonly askFor: (question: string) => void) {}

  update(score: Partial<Score> | null, waits = false): void {
    this.element.classList.toggle('waits', waits);
    const empty = !score || Object.keys(score).length === 0;
    const key = JSON.stringify([score, waits && empty]);
    if (key === this.last) return;
    this.last = key;
    const shown = empty ? (waits ? [h('p', { class: 'score-level' })] : []) : this.lines(score);
    this.element.replaceChildren(...shown);
    this.element.hidden = this.element.childElementCount === 0;
  }

  private lines(score: Partial<Score>): HTMLElement[] {
    const made: HTMLElement[] = [];
    const systems = systemsOf(score);
    if (systems.length > 0) {
      made.push(h('div', { class: 'systems' }, ...systems.map(([name, s]) => systemElement(name, s))));
    } else {
      const head = [score.level, pointsText(score.points)].filter(Boolean).join(' · ');
      if (head) made.push(h('p', { class: 'score-level' }, head));
      if (score.recommendation) made.push(h('p', {}, score.recommendation));
    }
    for (const warning of strings(score.warnings)) made.push(h('p', { class: 'warning' }, warning));
    const missing = this.missing(score);
    if (missing) made.push(missing);
    const explanation = strings(score.explanation);
    if (explanation.length > 0) {
      made.push(
        h(
          'details',
          { class: 'why' },
          h('summary', {}, 'How this was computed'),
          ...explanation.map((line) => h('p', {}, line)),
        ),
      );
    }
    return made;
  }

  /** Each missing answer by its title; a press leads to its question. */
  private missing(score: Partial<Score>): HTMLElement | null {
    const names = strings(score.missing_names);
    const titles = strings(score.missing);
    if (titles.length === 0) return null;
    return h(
      'p',
      { class: 'missing' },
      'Still to answer: ',
      ...titles.map((title, i) =>
        names[i] === undefined
          ? h('span', {}, title)
          : h(
              'button',
              {
                type: 'button',
                class: 'missing-answer',
                'data-missing': names[i],
                onclick: () => this.askFor(names[i] as string),
              },
              title,
            ),
      ),
    );
  }
}

function systemElement(name: string, system: SystemScore): HTMLElement {
  const level = [system.level ?? '–', pointsText(system.points)].filter(Boolean).join(' · ');
  return h(
    'div',
    { class: 'system' },
    h('small', {}, system.title ?? name.toUpperCase()),
    h('p', { class: 'score-level' }, level),
    system.recommendation ? h('p', {}, system.recommendation) : null,
  );
}

function systemsOf(score: Partial<Score>): [string, SystemScore][] {
  const systems = score.systems;
  return systems && typeof systems === 'object' ? (Object.entries(systems) as [string, SystemScore][]) : [];
}

function pointsText(points: number | null | undefined): string {
  return points == null ? '' : points === 1 ? '1 point' : `${points} points`;
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
