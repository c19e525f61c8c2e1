/** Every change that the editor makes to the scoring. Pure. */
import type { Draft, Level, Scoring, System } from './draft';
import { givesPoints, hasOptions } from './draft';
import { moved, questionsOf, withPart, withQuestions } from './edits';
import { nameFrom } from './names';

export function withScoring(draft: Draft, scoring: Scoring): Draft {
  return withPart(draft, 'scoring', scoring);
}

/** Another kind of scoring; points begin with one table, one level, and every question that has options. */
export function withScoringKind(draft: Draft, kind: string, functionName = ''): Draft {
  const { scoring } = draft.definition;
  if (kind === 'none') return withScoring(withoutPoints(draft), { kind });
  if (kind === 'function') return withScoring(withoutPoints(draft), { kind, name: functionName });
  if (givesPoints(scoring)) return draft;
  const categories = questionsOf(draft)
    .filter((q) => hasOptions(q.kind))
    .map((q) => q.name);
  const systems = [{ name: 'points', title: 'Points' }];
  const levels = [{ level: '1', from: 0, meaning: '' }];
  return withEveryPoint(withScoring(draft, { kind: 'points', categories, systems, levels }));
}

export function withCategory(draft: Draft, question: string, on: boolean): Draft {
  const { scoring } = draft.definition;
  const former = scoring.categories ?? [];
  const wanted = new Set(on ? [...former, question] : former.filter((name) => name !== question));
  const asked = questionsOf(draft).map((q) => q.name);
  // In the form's order: so the explanation comes in it too.
  const categories = [...asked.filter((name) => wanted.has(name))];
  const changed = withScoring(draft, { ...scoring, categories });
  return on ? withEveryPoint(changed) : withoutPointsOf(changed, question);
}

export function addedSystem(draft: Draft): Draft {
  const { scoring } = draft.definition;
  const systems = scoring.systems ?? [];
  const title = `Table ${systems.length + 1}`;
  const name = nameFrom(
    title,
    systems.map((s) => s.name),
    'table',
  );
  return withEveryPoint(withScoring(draft, { ...scoring, systems: [...systems, { name, title }] }));
}

export function removedSystem(draft: Draft, at: number): Draft {
  const { scoring } = draft.definition;
  const gone = scoring.systems?.[at]?.name;
  if (gone === undefined) return draft;
  const changed = withScoring(draft, { ...scoring, systems: scoring.systems?.filter((_, i) => i !== at) });
  return mapPoints(changed, ({ [gone]: _points, ...rest }) => rest);
}

export function changedSystem(draft: Draft, at: number, change: Partial<System>): Draft {
  const { scoring } = draft.definition;
  const systems = scoring.systems?.map((s, i) => (i === at ? { ...s, ...change } : s));
  return withScoring(draft, { ...scoring, systems });
}

/** Name a table of points otherwise, with the points in it. */
export function renamedSystem(draft: Draft, at: number, name: string): Draft {
  const old = draft.definition.scoring.systems?.[at]?.name;
  if (old === undefined || old === name) return draft;
  return mapPoints(changedSystem(draft, at, { name }), (points) =>
    Object.fromEntries(Object.entries(points).map(([key, value]) => [key === old ? name : key, value])),
  );
}

/** Whether a feature ends the scoring of a table at 0 points. */
export function withEnd(draft: Draft, at: number, question: string, option: string, on: boolean): Draft {
  const system = draft.definition.scoring.systems?.[at];
  if (!system) return draft;
  const former = system.ends_at_zero?.[question] ?? [];
  const values = on ? [...former, option] : former.filter((value) => value !== option);
  const { [question]: _old, ...others } = system.ends_at_zero ?? {};
  const ends = values.length > 0 ? { ...others, [question]: values } : others;
  const { ends_at_zero: _former, ...rest } = system;
  const { scoring } = draft.definition;
  const made: System = Object.keys(ends).length > 0 ? { ...rest, ends_at_zero: ends } : rest;
  return withScoring(draft, { ...scoring, systems: scoring.systems?.map((s, i) => (i === at ? made : s)) });
}

export function addedLevel(draft: Draft): Draft {
  const levels = draft.definition.scoring.levels ?? [];
  const last = levels.at(-1);
  const made: Level = { level: String(levels.length + 1), from: last ? last.from + 1 : 0, meaning: '' };
  return withLevels(draft, [...levels, made]);
}

export function changedLevel(draft: Draft, at: number, change: Partial<Level>): Draft {
  const cleared = Object.keys(change).filter((name) => change[name as keyof Level] === undefined);
  const levels = (draft.definition.scoring.levels ?? []).map((level, i) => {
    if (i !== at) return level;
    const made: Record<string, unknown> = { ...level, ...change };
    for (const name of cleared) delete made[name];
    return made as unknown as Level;
  });
  return withLevels(draft, levels);
}

export function removedLevel(draft: Draft, at: number): Draft {
  return withLevels(
    draft,
    (draft.definition.scoring.levels ?? []).filter((_, i) => i !== at),
  );
}

export function movedLevel(draft: Draft, from: number, to: number): Draft {
  return withLevels(draft, moved(draft.definition.scoring.levels ?? [], from, to));
}

function withLevels(draft: Draft, levels: readonly Level[]): Draft {
  return withScoring(draft, { ...draft.definition.scoring, levels });
}

/** Points for every option of every category in every table: 0 where nothing was said yet. */
function withEveryPoint(draft: Draft): Draft {
  const { scoring } = draft.definition;
  const zero = Object.fromEntries((scoring.systems ?? []).map((s) => [s.name, 0]));
  return withQuestions(
    draft,
    questionsOf(draft).map((q) =>
      scoring.categories?.includes(q.name) && q.options
        ? { ...q, options: q.options.map((o) => ({ ...o, points: { ...zero, ...o.points } })) }
        : q,
    ),
  );
}

function withoutPoints(draft: Draft): Draft {
  return mapPoints(draft, () => ({}));
}

function withoutPointsOf(draft: Draft, question: string): Draft {
  return mapPoints(draft, () => ({}), question);
}

function mapPoints(
  draft: Draft,
  change: (points: Readonly<Record<string, number>>) => Record<string, number>,
  only?: string,
): Draft {
  return withQuestions(
    draft,
    questionsOf(draft).map((q) => {
      if (!q.options || (only !== undefined && q.name !== only)) return q;
      const options = q.options.map((o) => {
        if (!o.points) return o;
        const { points: _old, ...rest } = o;
        const points = change(o.points);
        return Object.keys(points).length > 0 ? { ...rest, points } : rest;
      });
      return { ...q, options };
    }),
  );
}
