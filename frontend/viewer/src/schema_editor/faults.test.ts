import { describe, expect, it } from 'vitest';
import { nearest, questionOf } from './faults';

describe('where a fault is told', () => {
  const places = new Set(['form.questions[1]', 'form.questions[1].title', 'form.questions[1].options', 'scoring']);

  it('is its own place, else that of what holds it', () => {
    expect(nearest('form.questions[1].title', places)).toBe('form.questions[1].title');
    expect(nearest('form.questions[1].options[4].value', places)).toBe('form.questions[1].options');
    expect(nearest('form.questions[1].show_when.all[0].is', places)).toBe('form.questions[1]');
    expect(nearest('scoring.levels[0].from', places)).toBe('scoring');
    expect(nearest('form.questions[2].title', places)).toBeNull();
    expect(nearest('modalities', new Set(['']))).toBe('');
  });

  it('names the question, or none', () => {
    expect(questionOf('form.questions[12].options[0]')).toBe(12);
    expect(questionOf('form.questions')).toBeNull();
  });
});
