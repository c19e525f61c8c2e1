import { describe, expect, it } from 'vitest';
import { Seal } from './seal';

const key = (fill: number): string => btoa(String.fromCharCode(...new Uint8Array(32).fill(fill)));

describe('what is sealed', () => {
  it('is opened with the same key, and with no other, under no other name, and not when it was changed', async () => {
    const mine = await Seal.from(key(1));
    const sealed = await mine.close('a', { name: 'Müller', points: [[1.5, 2]] });
    expect(await mine.open('a', sealed)).toEqual({ name: 'Müller', points: [[1.5, 2]] });
    await expect((await Seal.from(key(2))).open('a', sealed)).rejects.toThrow();
    await expect(mine.open('b', sealed)).rejects.toThrow();
    const bent = sealed.bytes.slice(0);
    new Uint8Array(bent)[3] = (new Uint8Array(bent)[3] as number) ^ 1;
    await expect(mine.open('a', { ...sealed, bytes: bent })).rejects.toThrow();
  });

  it('shows nothing of what it holds, and looks different each time', async () => {
    const mine = await Seal.from(key(1));
    const [one, two] = [await mine.close('a', 'nodule'), await mine.close('a', 'nodule')];
    const text = new TextDecoder('latin1').decode(one.bytes);
    expect(text).not.toContain('nodule');
    expect(new Uint8Array(one.bytes)).not.toEqual(new Uint8Array(two.bytes));
  });
});
