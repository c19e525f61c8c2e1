import { describe, expect, it } from 'vitest';
import tirads from '../../../../annotator/labels/schemas/acr-tirads-2.json';
import cases from '../../../../tests/annotator/labels/live_score_cases.json';
import type { AnswerValue, SchemaDefinition } from '../model/questions';
import type { Score } from '../model/reading';
import { liveScore, scoreToShow } from './live_score';

const definition = tirads as unknown as SchemaDefinition;
type Answers = Readonly<Record<string, AnswerValue>>;

describe('points while an answer is on its way', () => {
  it('are what the server makes of the same answers', () => {
    for (const { answers, points, level, missing_names, systems } of cases) {
      const score = liveScore(definition, answers as unknown as Answers);
      const told = Object.entries(score?.systems ?? {}).map(([name, one]) => [name, [one.points, one.level]]);
      expect({ answers, points: score?.points, level: score?.level, missing_names: score?.missing_names }).toEqual({
        answers,
        points,
        level,
        missing_names,
      });
      expect(Object.fromEntries(told)).toEqual(systems);
    }
  });

  it('are of scoring by points alone', () => {
    expect(liveScore({ ...definition, scoring: { kind: 'function', name: 'head_ct' } }, {})).toBeNull();
  });
});

describe('what the form shows', () => {
  const mixed: Answers = { composition: 'mixed', echogenicity: 'isoechoic', shape: 'taller_than_wide' };
  const saved: Partial<Score> = {
    ...liveScore(definition, mixed),
    recommendation: 'words of the server',
    size_mm: 12,
    size_source: 'caliper',
  };

  it("is the server's word once it has come, and while the points are the same", () => {
    expect(scoreToShow(definition, mixed, saved, false)).toBe(saved);
    expect(scoreToShow(definition, { ...mixed, composition: 'cannot_classify' }, saved, true)?.points).toBeNull();
    expect(scoreToShow(definition, mixed, saved, true)?.recommendation).toBe('words of the server');
    expect(scoreToShow(definition, {}, {}, false)).toBeNull();
  });

  it('is the points at once when they change, without words that may hold no more, with the size', () => {
    const whole = { ...mixed, margin: 'smooth', echogenic_foci: ['none'] };
    const shown = scoreToShow(definition, whole, saved, true);
    expect(shown).toMatchObject({ level: 'TR4', missing: [], size_mm: 12, size_source: 'caliper' });
    expect(shown?.recommendation).toBeUndefined();
  });

  it('calls nothing missing that was answered since, where only the server scores', () => {
    const headCt: SchemaDefinition = { ...definition, scoring: { kind: 'function', name: 'head_ct' } };
    const before: Partial<Score> = { missing: ['A', 'B'], missing_names: ['a', 'b'] };
    expect(scoreToShow(headCt, { a: 'present' }, before, true)).toEqual({ missing: ['B'], missing_names: ['b'] });
  });
});
