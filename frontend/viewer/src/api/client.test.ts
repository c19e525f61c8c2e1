import { describe, expect, it } from 'vitest';
import type { Annotation } from '../model/reading';
import { requestFor } from './client';
import { idFor } from './identifiers';

const mark: Annotation = {
  id: 'm',
  case: 'c',
  frame: 'f',
  kind: 'point',
  points: [[1, 2]],
  finding: null,
  label: '',
  provenance: 'drawn',
  first_frame: null,
  last_frame: null,
  mask: null,
  locked: false,
  revision: 3,
  deleted: false,
  owner: 'reader',
  updated_at: 'yesterday',
};

describe('what is sent', () => {
  it('is the record without what the server owns', () => {
    const { method, path, body, builds } = requestFor('annotation', mark, 'C');
    expect([method, path]).toEqual(['PUT', 'annotations/m']);
    expect(body).toMatchObject({ revision: 3, points: [[1, 2]], change: 'C' });
    expect(builds).toEqual({ 'If-Match': '"3"' });
    expect(requestFor('annotation', { ...mark, revision: 0 }, 'C').builds).toEqual({ 'If-None-Match': '*' });
    expect(body).not.toHaveProperty('owner');
    expect(body).not.toHaveProperty('updated_at');
  });

  it('names the last seen revision when it deletes', () => {
    expect(requestFor('annotation', { ...mark, deleted: true }, 'C')).toEqual({
      method: 'DELETE',
      path: 'annotations/m?revision=3&change=C',
      builds: { 'If-Match': '"3"' },
    });
  });

  it('tells decisions on suggestions by their own routes', () => {
    const decision = {
      id: 's',
      annotation: 'm',
      finding: null,
      reason: 'vessel',
      revision: 0,
      deleted: false,
      owner: '',
    } as const;
    expect(requestFor('decision', { ...decision, decision: 'accepted' }, 'C').path).toBe('suggestions/s/accept');
    const rejected = requestFor('decision', { ...decision, decision: 'rejected' }, 'C');
    expect(rejected).toMatchObject({ path: 'suggestions/s/reject', body: { reason: 'vessel' } });
    expect(requestFor('decision', { ...decision, decision: null }, 'C').path).toBe('suggestions/s/undo');
  });
});

describe('identifiers made of words', () => {
  it('are the same in every tab, differ for other words, and are UUIDs', () => {
    expect(idFor('case', 'reader', 'tirads@1')).toBe(idFor('case', 'reader', 'tirads@1'));
    expect(idFor('case', 'reader', 'tirads@1')).not.toBe(idFor('case', 'readert', 'irads@1'));
    expect(idFor('a')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
