import { describe, expect, it } from 'vitest';
import { whoDraws } from './who_draws';

function told(words: string | null): Pick<Storage, 'getItem'> {
  return { getItem: (key) => (key === 'reading-room/drawing' ? words : null) };
}

describe('whoDraws', () => {
  it('is the processor where there are no graphics', () => {
    expect(whoDraws(told(null))).toBe('processor');
    expect(whoDraws(told('crayons'))).toBe('processor');
  });

  it('is who the browser was told', () => {
    expect([whoDraws(told('graphics')), whoDraws(told('processor'))]).toEqual(['graphics', 'processor']);
  });
});
