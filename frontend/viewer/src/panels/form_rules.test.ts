import { describe, expect, it } from 'vitest';
import type { FormOption, FormQuestion, SchemaJson } from '../model/types';
import { isVisible, layoutFor, measuredValues, pointsWords, toggled } from './form_rules';

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
  it('asks a question only when its condition holds', () => {
    const question: FormQuestion = {
      name: 'side',
      title: 'Side',
      kind: 'text',
      visible_when: { bleed: ['present', 'uncertain'] },
    };
    expect(isVisible(question, {})).toBe(false);
    expect(isVisible(question, { bleed: 'absent' })).toBe(false);
    expect(isVisible(question, { bleed: 'uncertain' })).toBe(true);
    expect(isVisible(choice, {})).toBe(true);
  });

  it('names both tables of points', () => {
    expect(pointsWords({ value: 'solid', title: 'Solid', points: { acr: 2, ai: 3 } })).toBe('ACR 2 · AI 3');
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

  it('shows a measured size only where none was typed', () => {
    const schema = {
      key: 'acr-tirads',
      version: 1,
      title: 'TI-RADS',
      definition: { applies_to: 'finding', form: { questions: [] }, scoring: { kind: 'tirads', size: 'size_mm' } },
    } as unknown as SchemaJson;
    expect(measuredValues(schema, { size_mm: 14.95, size_source: 'measured' })).toEqual({ size_mm: 14.95 });
    expect(measuredValues(schema, { size_mm: 14.95, size_source: 'typed' })).toEqual({});
    expect(measuredValues(schema, { size_mm: null, size_source: null })).toEqual({});
    expect(measuredValues(schema, undefined)).toEqual({});
  });
});
