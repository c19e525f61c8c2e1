import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Manifest } from '../model/manifest';
import { FrameFetch } from './frame_fetch';

const HOUR = 3_600_000;

function manifest(token: string, lives = HOUR): Manifest {
  const token_expires = new Date(Date.now() + lives).toISOString();
  return { stacks: [{ key: 'S', token, token_expires }] } as unknown as Manifest;
}

describe('fetching frames', () => {
  let asked: string[];
  let good: string;

  beforeEach(() => {
    vi.useFakeTimers();
    asked = [];
    good = 'new';
    vi.stubGlobal('fetch', async (address: string, options: { headers: Record<string, string> }) => {
      const token = options.headers['X-Frame-Token'] ?? '';
      asked.push(`${address} ${token}`);
      return new Response(token === good ? 'bytes' : null, { status: token === good ? 200 : 401 });
    });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('renews a token that has run out once, for all who wait', async () => {
    const renew = vi.fn(async () => manifest('new'));
    const frames = new FrameFetch('/frames/', renew);
    frames.takeTokens(manifest('old'));
    const got = await Promise.all(['a', 'b', 'c'].map((key) => frames.bytes('S', key)));
    expect(got.map((bytes) => bytes.byteLength)).toEqual([5, 5, 5]);
    expect(renew).toHaveBeenCalledTimes(1);
    expect(asked).toContain('/frames/a new');
  });

  it('says so when the server refuses the new token too', async () => {
    good = 'none';
    const frames = new FrameFetch('/frames/', async () => manifest('new'));
    frames.takeTokens(manifest('old'));
    await expect(frames.bytes('S', 'a')).rejects.toThrow('does not show this picture to you any more');
  });

  it('keeps one clock for renewing, however often tokens were taken', async () => {
    const renew = vi.fn(async () => manifest('new'));
    const frames = new FrameFetch('/frames/', renew);
    for (let i = 0; i < 5; i++) frames.takeTokens(manifest('old'));
    await vi.advanceTimersByTimeAsync(HOUR - 30_000);
    expect(renew).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(HOUR);
    expect(renew).toHaveBeenCalledTimes(2);
  });
});
