import createOpenJph from '@cornerstonejs/codec-openjph';
import { describe, expect, it } from 'vitest';
import { decodeHtj2k } from './htj2k';
import cases from './htj2k_cases.json';

// Written and read by the server's codec (annotator/imaging/pixels/htj2k.py), at the ends of each type's range.
const codecs = new URL('../../node_modules/@cornerstonejs/codec-openjph/dist/', import.meta.url).pathname;
const codec = createOpenJph({ locateFile: (name) => codecs + name });

describe.each(cases)('an HTJ2K codestream of $type', ({ codestream, levels, columns, rows }) => {
  const whole = Uint8Array.from(atob(codestream), (letter) => letter.charCodeAt(0));

  it.each(levels)('is read at level $level as the server reads it, from its first $bytes bytes', async (wanted) => {
    for (const bytes of [whole, whole.slice(0, wanted.bytes)]) {
      const decoded = decodeHtj2k(await codec, bytes, wanted.level);
      expect([...decoded.values]).toEqual(wanted.values);
      expect([decoded.columns, decoded.rows]).toEqual([
        Math.ceil(columns / 2 ** wanted.level),
        Math.ceil(rows / 2 ** wanted.level),
      ]);
    }
  });
});
