import { describe, expect, it } from 'vitest';
import type { Finding } from '../model/types';
import type { Acts } from './acts';
import { keepWarningsTrue } from './warning_keeper';

function setUp(kind: string) {
  const findings: Partial<Finding>[] = [];
  const touched: string[] = [];
  let announce = (): void => undefined;
  const acts = {
    isMine: () => true,
    manifest: { schemas: [{ key: 's', version: 1, definition: { scoring: { kind } } }] },
    workspace: {
      records: { all: () => findings, live: () => [{ id: 'answer', schema: 's@1' }] },
      queue: {
        subscribe: (listener: () => void) => {
          announce = listener;
        },
        waits: () => false,
        touch: (_: string, id: string) => touched.push(id),
      },
    },
  } as unknown as Acts;
  keepWarningsTrue(acts);
  return { findings, touched, saved: () => announce() };
}

describe('warnings about findings', () => {
  it('are asked for again when the server has the first finding, and when the last one is gone', () => {
    const { findings, touched, saved } = setUp('birads');
    findings.push({ id: 'f', revision: 0, deleted: false });
    saved();
    expect(touched).toEqual([]);
    findings[0] = { id: 'f', revision: 1, deleted: false };
    saved();
    saved();
    expect(touched).toEqual(['answer']);
    findings[0] = { id: 'f', revision: 2, deleted: true };
    saved();
    expect(touched).toEqual(['answer', 'answer']);
  });

  it('leave scores of points alone', () => {
    const { findings, touched, saved } = setUp('tirads');
    findings.push({ id: 'f', revision: 1, deleted: false });
    saved();
    expect(touched).toEqual([]);
  });
});
