/**
 * Points and level at once, from the definition's own tables, while the server has yet to say the rest. Pure.
 *
 * The twin of annotator/labels/tirads.py for scoring that is data; the same cases check both
 * (tests/annotator/labels/live_score_cases.json). Scoring by a function is the server's alone.
 */

import type { PointLevel, SchemaDefinition } from '../model/questions';
import type { Answer, Score, SystemScore } from '../model/reading';
import { shownQuestions } from './form_conditions';

type Answers = Answer['answers'];

/** What can be said without the server; null where the scoring is none of points. */
export function liveScore({ form, scoring }: SchemaDefinition, answers: Answers): Partial<Score> | null {
  const { systems, levels } = scoring ?? {};
  if (!scoring?.categories || !systems || !levels) return null;
  const shown = shownQuestions({ form }, answers);
  // A category that is not asked gives no points and is not missing.
  const categories = scoring.categories.filter((category) => shown.has(category));
  if (categories.length === 0) return null;
  const questions = new Map(form.questions.map((question) => [question.name, question]));
  const chosen = (category: string): readonly unknown[] => {
    const value = answers[category];
    return value == null ? [] : Array.isArray(value) ? value : [value];
  };
  const missingNames = (ended: boolean): string[] => (ended ? [] : categories.filter((c) => chosen(c).length === 0));
  const scored = systems.map(({ name, title, ends_at_zero: ends = {} }): [string, SystemScore & Missing] => {
    const ended = Object.entries(ends).some(([category, features]) =>
      chosen(category).some((feature) => features.includes(String(feature))),
    );
    const missing = missingNames(ended);
    const points = categories
      .flatMap((category) =>
        chosen(category).map(
          (feature) => questions.get(category)?.options?.find((o) => o.value === feature)?.points?.[name] ?? 0,
        ),
      )
      .reduce((sum, more) => sum + more, 0);
    if (missing.length > 0) return [name, { title, points: null, level: null, meaning: null, missing }];
    const total = ended ? 0 : points;
    const { level, meaning } = levelOf(levels, total);
    return [name, { title, points: total, level, meaning, missing }];
  });
  const first = scored[0]?.[1];
  if (!first) return null;
  return {
    points: first.points ?? null,
    level: first.level ?? null,
    missing: first.missing.map((name) => questions.get(name)?.title ?? name),
    missing_names: first.missing,
    systems: Object.fromEntries(scored.map(([name, { missing: _missing, ...system }]) => [name, system])),
  };
}

interface Missing {
  missing: readonly string[];
}

function levelOf(levels: readonly PointLevel[], points: number): PointLevel {
  const reached = levels.filter((level) => level.from <= points);
  return reached.reduce((highest, level) => (level.from > highest.from ? level : highest), reached[0] as PointLevel);
}

/**
 * What the form shows: the server's score where it is of these answers, else what can be said at once, without words
 * of the server's that may hold no more.
 */
export function scoreToShow(
  definition: SchemaDefinition,
  answers: Answers,
  saved: Partial<Score>,
  waits: boolean,
): Partial<Score> | null {
  const live = waits ? liveScore(definition, answers) : null;
  if (!live || isSame(live, saved)) return Object.keys(saved).length > 0 ? answeredSince(saved, answers) : null;
  return { ...live, size_mm: saved.size_mm ?? null, size_source: saved.size_source ?? null };
}

/** Nothing that the reader sees of the result has changed by another way to the same points. */
function isSame(live: Partial<Score>, saved: Partial<Score>): boolean {
  const told = (score: Partial<Score>): string =>
    JSON.stringify([
      score.missing_names ?? [],
      Object.entries(score.systems ?? {}).map(([name, { points, level }]) => [name, points, level]),
    ]);
  return told(live) === told(saved);
}

/** What was answered meanwhile is missing no more. */
function answeredSince(saved: Partial<Score>, answers: Answers): Partial<Score> {
  const { missing = [], missing_names: names = [] } = saved;
  const open = names.map((name) => answers[name] === undefined);
  if (open.every(Boolean)) return saved;
  const isOpen = (_: string, i: number): boolean => open[i] ?? true;
  return { ...saved, missing: missing.filter(isOpen), missing_names: names.filter(isOpen) };
}
