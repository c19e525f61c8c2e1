import { describe, expect, it } from 'vitest';
import { Lifetime } from './lifetime';

describe('a lifetime', () => {
  it('puts everything away once, the latest first', () => {
    const lifetime = new Lifetime();
    const done: string[] = [];
    lifetime.atEnd(() => done.push('first'));
    lifetime.atEnd(() => done.push('second'));
    lifetime.end();
    lifetime.end();
    expect(done).toEqual(['second', 'first']);
  });

  it('takes its listeners off', () => {
    const lifetime = new Lifetime();
    const target = new EventTarget();
    let heard = 0;
    target.addEventListener('word', () => heard++, { signal: lifetime.signal });
    target.dispatchEvent(new Event('word'));
    lifetime.end();
    target.dispatchEvent(new Event('word'));
    expect(heard).toBe(1);
  });

  it('puts away at once what comes too late', () => {
    const lifetime = new Lifetime();
    lifetime.end();
    let done = false;
    lifetime.atEnd(() => {
      done = true;
    });
    expect([lifetime.over, done]).toEqual([true, true]);
  });
});
