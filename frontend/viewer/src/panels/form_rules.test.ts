import { describe, expect, it } from 'vitest';
import type { FormOption, FormQuestion, SchemaDefinition } from '../model/questions';
import {
  layoutFor,
  measuredValues,
  numberFault,
  overridable,
  pointsHead,
  pointsWords,
  toggled,
  warningsOf,
} from './form_rules';

const foci: FormOption[] = [
  { value: 'none', title: 'None', excludes_others: true },
  { value: 'macro', title: 'Macrocalcifications' },
  { value: 'punctate', title: 'Punctate echogenic foci' },
];
const multiple: FormQuestion = { name: 'foci', title: 'Foci', kind: 'multiple', options: foci };
const choice: FormQuestion = { name: 'shape', title: 'Shape', kind: 'choice', options: foci };
const pick = (value: readonly string[] | null, index: number) =>
  toggled(multiple, foci, value, foci[index] as FormOption);

describe('choosing', () => {
  it('takes a choice back when it is chosen again', () => {
    expect(toggled(choice, foci, null, foci[1] as FormOption)).toBe('macro');
    expect(toggled(choice, foci, 'macro', foci[1] as FormOption)).toBeNull();
  });

  it('adds to a multiple answer in the order of the form', () => {
    expect(pick(['punctate'], 1)).toEqual(['macro', 'punctate']);
  });

  it('lets “none” exclude the others, and them exclude it', () => {
    expect(pick(['macro', 'punctate'], 0)).toEqual(['none']);
    expect(pick(['none'], 2)).toEqual(['punctate']);
  });
});

describe('showing', () => {
  it('names both tables of points once, and gives both points beside each option', () => {
    const solid = { value: 'solid', title: 'Solid', points: { acr: 2, ai: 3 } };
    expect(pointsHead([solid])).toBe('ACR · AI');
    expect(pointsWords(solid)).toBe('2 · 3');
    expect(pointsHead([{ value: 'solid', title: 'Solid', points: { acr: 2 } }])).toBe('');
    expect(pointsWords({ value: 'solid', title: 'Solid' })).toBe('');
  });

  it('shows BI-RADS by its codes and short titles in a row', () => {
    const birads = ['0', '1', '2', '4A'].map(
      (value): FormOption => ({ value, title: `${value} What it means at length` }),
    );
    expect(layoutFor([...birads, { value: 'not_imaged', title: 'Not imaged' }])).toBe('codes');
    expect(layoutFor([{ value: 'a', title: 'Absent' }])).toBe('chips');
    expect(layoutFor(foci)).toBe('list');
  });

  const points: SchemaDefinition = {
    applies_to: 'finding',
    answers: { properties: { size_mm: { type: 'number', minimum: 0.1, maximum: 300 } } },
    form: { questions: [] },
    scoring: { kind: 'points', size: 'size_mm', levels: [{ level: 'TR1', from: 0, meaning: '' }] },
  };

  it('shows a measured size, and what it was measured with, only where none was typed', () => {
    const shown = (size_mm: number | null, size_source: string | null) =>
      measuredValues(points, { size_mm, size_source });
    expect(shown(14.95, 'caliper')).toEqual({ size_mm: '14.9, from the caliper' });
    expect(shown(14.2, 'measured')).toEqual({ size_mm: '14.2, measured' });
    expect(shown(14.95, 'typed')).toEqual({});
    expect(shown(null, null)).toEqual({});
    expect(measuredValues(points, null)).toEqual({});
  });

  it('refuses numbers out of range in the words of the server', () => {
    const size: FormQuestion = { name: 'size_mm', title: 'Size', kind: 'number' };
    expect(numberFault(size, points, 12)).toBeNull();
    expect(numberFault(size, points, -3)).toBe('-3 is less than the minimum of 0.1');
    expect(numberFault(size, points, 301)).toBe('301 is greater than the maximum of 300');
    expect(numberFault(size, points, Number('x'))).toBe('This is no number.');
  });

  it('offers levels, or every category, to be chosen by hand', () => {
    expect(overridable(points)).toEqual({ as: 'level', values: ['TR1'] });
    const categories = { kind: 'function', name: 'birads_examination', most_abnormal_first: ['5', '4A', '0'] };
    expect(overridable({ ...points, scoring: categories })).toEqual({ as: 'category', values: ['0', '4A', '5'] });
    expect(overridable({ ...points, scoring: { kind: 'none' } })).toBeNull();
  });

  it('takes warnings with and without the questions that they are about', () => {
    expect(warningsOf({ warnings: ['a', { message: 'b', questions: ['q'] }] })).toEqual([
      { message: 'a', questions: [] },
      { message: 'b', questions: ['q'] },
    ]);
  });
});
