import { describe, expect, it } from 'vitest';
import type { SchemaJson } from '../model/questions';
import type { Acts } from '../store/acts';
import type { Places } from '../store/places';
import { ofFinding } from '../store/targets';
import { answerState } from './answer_state';

const SCHEMA = {
  key: 'points',
  version: 1,
  title: 'Points',
  definition: {
    applies_to: 'finding',
    form: {
      questions: [
        {
          name: 'shape',
          title: 'Shape',
          kind: 'choice',
          options: [
            { value: 'round', title: 'Round', points: { own: 0 } },
            { value: 'odd', title: 'Odd', points: { own: 3 } },
          ],
        },
      ],
    },
    scoring: {
      kind: 'points',
      categories: ['shape'],
      systems: [{ name: 'own', title: 'Own' }],
      levels: [
        { level: 'low', from: 0, meaning: '' },
        { level: 'high', from: 1, meaning: '' },
      ],
    },
  },
} as unknown as SchemaJson;

function acts(phase: 'saved' | 'waiting' | 'conflict'): Acts {
  const score = {
    points: 0,
    level: 'low',
    missing: [],
    missing_names: [],
    systems: { own: { points: 0, level: 'low' } },
  };
  const answer = {
    id: 'a',
    schema: 'points@1',
    finding: 'f',
    breast: '',
    owner: 'me',
    answers: { shape: 'odd' },
    score,
  };
  return {
    mayEdit: true,
    isMine: () => true,
    workspace: {
      records: { live: () => [answer], get: () => answer },
      queue: {
        waits: () => phase !== 'saved',
        trouble: () => (phase === 'conflict' ? { phase, message: 'Changed elsewhere too: choose below.' } : null),
      },
    },
  } as unknown as Acts;
}

const shown = (phase: 'saved' | 'waiting' | 'conflict') =>
  answerState(acts(phase), {} as Places, SCHEMA, ofFinding('f'));

describe('the score beside answers', () => {
  it('is of the answers that are shown, also while a conflict keeps them from being saved', () => {
    expect(shown('saved').score?.points).toBe(0);
    expect(shown('waiting').score?.points).toBe(3);
    expect(shown('conflict')).toMatchObject({ score: { points: 3, level: 'high' }, waits: false });
  });

  it('is dimmed where it can be computed by the server only', () => {
    const scoring = { kind: 'function', name: 'birads_breast' };
    const other = { ...SCHEMA, definition: { ...SCHEMA.definition, scoring } } as unknown as SchemaJson;
    expect(answerState(acts('conflict'), {} as Places, other, ofFinding('f')).waits).toBe(true);
    expect(answerState(acts('saved'), {} as Places, other, ofFinding('f')).waits).toBe(false);
  });
});
