import { describe, expect, it } from 'vitest';
import { nextJob } from './decode_pool';

describe('what is decoded next', () => {
  it('is what the reader asked for last', () => {
    expect(nextJob([{ since: 900 }, { since: 950 }, { since: 999 }], 1000)).toBe(2);
    expect(nextJob([{ since: 999 }], 1000)).toBe(0);
  });

  it('is the oldest once it has waited too long', () => {
    expect(nextJob([{ since: 600 }, { since: 990 }], 1000)).toBe(0);
  });
});
