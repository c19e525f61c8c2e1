import { describe, expect, it } from 'vitest';
import { findingColour, labelColour, SUGGESTED, UNASSIGNED } from './palette';

type Colour = readonly [number, number, number];

/** Linear light to what dichromats see: Machado, Oliveira and Fernandes, IEEE TVCG 2009;15:1291, severity 1. */
const VISIONS: Record<string, readonly Colour[]> = {
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
  'usual colour vision': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
};

function linear(hex: string): Colour {
  const part = (from: number): number => {
    const v = Number.parseInt(hex.slice(from, from + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  };
  return [part(1), part(3), part(5)];
}

const dot = (a: Colour, b: Colour): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** CIE 1976 L*a*b* under D65, of linear sRGB. */
function lab(rgb: Colour): Colour {
  const f = (t: number): number => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f(dot(rgb, [0.4124, 0.3576, 0.1805]) / 0.9505);
  const y = f(dot(rgb, [0.2126, 0.7152, 0.0722]));
  const z = f(dot(rgb, [0.0193, 0.1192, 0.9505]) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function seen(hex: string, vision: readonly Colour[]): Colour {
  const rgb = linear(hex);
  return lab(vision.map((row) => Math.min(1, Math.max(0, dot(row, rgb)))) as unknown as Colour);
}

const findings = [0, 1, 2, 3, 4, 5].map(findingColour);

describe('colours of marks', () => {
  it.each(Object.keys(VISIONS))('are told apart with %s', (name) => {
    const all = [...findings, SUGGESTED].map((hex) => seen(hex, VISIONS[name] as readonly Colour[]));
    all.forEach((one, i) => {
      for (const other of all.slice(i + 1)) {
        // 2.3 is a difference that is just noticed; side by side in a list 11 is plain.
        expect(Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2])).toBeGreaterThan(11);
      }
    });
  });

  it('stand out on black as WCAG 2.1 asks of graphics (3 to 1), with room to spare', () => {
    for (const hex of [...findings, SUGGESTED, UNASSIGNED]) {
      const contrast = (dot(linear(hex), [0.2126, 0.7152, 0.0722]) + 0.05) / 0.05;
      expect(contrast).toBeGreaterThan(4.5);
    }
  });

  it('by label are the same for the same words', () => {
    const labels = ['mass', 'calcification'];
    expect(labelColour('mass', labels)).not.toBe(labelColour('calcification', labels));
    expect(labelColour('calcification', labels)).toBe(labelColour('calcification', labels));
    expect(labelColour('', labels)).toBe(UNASSIGNED);
  });
});
