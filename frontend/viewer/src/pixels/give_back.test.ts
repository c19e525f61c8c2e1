import { describe, expect, it, vi } from 'vitest';
import { giveBack } from './give_back';

/** Bytes of a browser that can or can't give memory back, whatever the one is that this runs in. */
function bytesOf(transfer: ((size: number) => ArrayBuffer) | undefined, detached: boolean): ArrayBuffer {
  return Object.defineProperties(new ArrayBuffer(1_000), {
    transfer: { value: transfer },
    detached: { value: detached },
  });
}

describe('giveBack', () => {
  it('keeps nothing of the bytes, and may be asked twice', () => {
    const transfer = vi.fn(() => new ArrayBuffer(0));
    giveBack(bytesOf(transfer, false));
    expect(transfer).toHaveBeenCalledExactlyOnceWith(0);
    giveBack(bytesOf(transfer, true));
    expect(transfer).toHaveBeenCalledTimes(1);
  });

  it('leaves bytes to the collection in browsers that can only do that, and shared ones to whoever shares them', () => {
    const old = bytesOf(undefined, false);
    giveBack(old);
    expect(old.byteLength).toBe(1_000);
    const shared = new SharedArrayBuffer(8);
    giveBack(shared);
    expect(shared.byteLength).toBe(8);
  });
});
