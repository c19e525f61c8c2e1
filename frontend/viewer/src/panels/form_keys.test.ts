import { describe, expect, it } from 'vitest';
import type { FormOption, FormQuestion } from '../model/questions';
import { hotKeys, leadOf, optionByInitial, optionForKey } from './form_keys';

const titled = (...titles: string[]): FormOption[] => titles.map((title) => ({ value: title, title }));
const birads: FormOption[] = ['0', '1', '2', '3', '4', '4A', '4B', '4C', '5', '6']
  .map((value): FormOption => ({ value, title: `${value} said in words` }))
  .concat({ value: 'not_imaged', title: 'Not imaged' });
const margins = titled('Smooth', 'Ill-defined', 'Lobulated or irregular', 'Extrathyroidal extension');

describe('keys of options', () => {
  it('are their numbers, their codes, or what the schema says', () => {
    expect(hotKeys(margins)).toEqual(['1', '2', '3', '4']);
    expect(hotKeys(birads)).toEqual(['0', '1', '2', '3', '4', '4A', '4B', '4C', '5', '6', 'N']);
    expect(hotKeys([{ value: 'a', title: 'Alpha', key: 'x' }])).toEqual(['X']);
  });

  it('choose at once where nothing longer begins like this', () => {
    expect(optionForKey(margins, '3', '')).toEqual({ index: 2, sure: true, typed: '' });
    expect(optionForKey(birads, '5', '')).toMatchObject({ index: 8, sure: true });
    expect(optionForKey(birads, 'n', '')).toMatchObject({ index: 10, sure: true });
  });

  it('wait for the letter after a 4, and take a new number for a new answer', () => {
    const four = optionForKey(birads, '4', '');
    expect(four).toEqual({ index: 4, sure: false, typed: '4' });
    expect(optionForKey(birads, 'b', '4')).toEqual({ index: 6, sure: true, typed: '' });
    expect(optionForKey(birads, '2', '4')).toMatchObject({ index: 2, sure: true });
  });

  it('are digits beside letters of their own, unless a digit is the own key of another', () => {
    const lettered: FormOption[] = [
      { value: 'cystic', title: 'Cystic', key: 'c' },
      { value: 'solid', title: 'Solid', key: 's' },
      { value: 'odd', title: 'Odd', key: '1' },
    ];
    expect(hotKeys(lettered)).toEqual(['C', 'S', '1']);
    expect(optionForKey(lettered, '2', '')).toMatchObject({ index: 1, sure: true });
    expect(optionForKey(lettered, '1', '')).toMatchObject({ index: 2 });
    expect(optionForKey(birads, '9', '')).toBeNull();
  });

  it('are the first letters too, one after the other where several begin alike', () => {
    const same = titled('Solid', 'Spongiform', 'Cystic');
    expect(optionByInitial(same, 's', -1)).toMatchObject({ index: 0, sure: false });
    expect(optionByInitial(same, 's', 0)).toMatchObject({ index: 1, sure: false });
    expect(optionByInitial(same, 'c', 0)).toMatchObject({ index: 2, sure: true });
    expect(optionByInitial(same, 'x', 0)).toBeNull();
  });
});

describe('arrows in a form', () => {
  const question = (kind: FormQuestion['kind']): FormQuestion => ({ name: 'q', title: 'Q', kind });

  it('go along the options as they stand and across to the questions', () => {
    const row = titled('Yes', 'No');
    expect(leadOf('ArrowRight', question('choice'), row)).toBe('option-after');
    expect(leadOf('ArrowDown', question('choice'), row)).toBe('question-after');
    expect(leadOf('ArrowDown', question('choice'), margins)).toBe('option-after');
    expect(leadOf('ArrowRight', question('choice'), margins)).toBe('question-after');
  });

  it('leave the letters of a typed answer to it', () => {
    expect(leadOf('ArrowLeft', question('text'), [])).toBeNull();
    expect(leadOf('ArrowDown', question('number'), [])).toBe('question-after');
  });
});
