import { describe, expect, it } from 'vitest';
import { ThreeWindows } from './three_window';
import cases from './three_window_cases.json';

// The server's pictures are held to the same file (tests/annotator/imaging/pixels/test_three_window.py).
const windows = new ThreeWindows(cases.windows);

/** How many of the starts a value has reached: its grey. */
function greyOf(starts: readonly number[], value: number): number {
  let grey = 0;
  while (grey < starts.length && (starts[grey] as number) <= value) grey++;
  return grey;
}

describe('three windows', () => {
  it('give every whole value the colour that the server gives it', () => {
    const signed = Int16Array.from({ length: 65536 }, (_, i) => i - 32768);
    const colours = windows.colours(signed);
    for (let channel = 0; channel < 3; channel++) {
      const starts = cases.starts[channel] as number[];
      const wrong = signed.filter((value, i) => colours[i * 3 + channel] !== greyOf(starts, value));
      expect([...wrong]).toEqual([]);
    }
  });

  it('give fractions, unsigned and small values the same colours', () => {
    const values = cases.fractions.map(({ value }) => value);
    expect([...windows.colours(Float32Array.from(values))]).toEqual(cases.fractions.flatMap(({ colour }) => colour));
    const blood = [210, 116, 79];
    for (const Kind of [Uint8Array, Uint16Array, Int16Array, Float32Array]) {
      expect([...windows.colours(Kind.of(65))]).toEqual(blood);
    }
    const large = windows.colours(Uint16Array.of(40000));
    expect([...large]).toEqual([255, 255, 255]);
  });

  it('follow LINEAR_EXACT, and a window of width one is a step', () => {
    const exact = { centre: 50, width: 100, function: 'LINEAR_EXACT' } as const;
    const step = { centre: 50, width: 1 };
    expect([...new ThreeWindows([exact, step, step]).colours(Int16Array.of(0, 49, 50, 100))]).toEqual([
      0, 0, 0, 125, 0, 0, 128, 255, 255, 255, 255, 255,
    ]);
  });
});
