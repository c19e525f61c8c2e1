import { describe, expect, it } from 'vitest';
import { giveBack } from './give_back';

describe('giveBack', () => {
  it.runIf('transfer' in ArrayBuffer.prototype)('leaves nothing behind, and may be asked twice', () => {
    const bytes = new ArrayBuffer(1_000);
    giveBack(bytes);
    giveBack(bytes);
    expect(bytes.byteLength).toBe(0);
  });
});
