import { describe, expect, it } from 'vitest';
import { polygonArea } from '../model/contour';
import type { Point } from '../model/pictures';
import { closingWay } from './closing';

const arc = (from: number, to: number): Point[] =>
  Array.from({ length: 41 }, (_, i) => {
    const turn = from + ((to - from) * i) / 40;
    return [100 + 60 * Math.cos(turn), 100 + 60 * Math.sin(turn)];
  });

describe('the way back of a line along edges', () => {
  it('goes on along the edge where it has not been', () => {
    const back = arc(Math.PI, 2 * Math.PI);
    expect(closingWay(arc(0, Math.PI), back, 1.5)).toEqual(back);
  });

  it('is straight where the edge leads back along the line, which would enclose nothing', () => {
    const drawn = arc(0, 2);
    const back = [...drawn].reverse();
    expect(polygonArea([...drawn, ...back])).toBeCloseTo(0);
    const closed = closingWay(drawn, back, 1.5);
    expect(closed).toEqual([back[0], back.at(-1)]);
    expect(polygonArea([...drawn, ...closed])).toBeGreaterThan(500);
  });

  it('is a straight line as it was', () => {
    const straight: Point[] = [
      [0, 0],
      [9, 9],
    ];
    expect(closingWay(arc(0, 2), straight, 1.5)).toEqual(straight);
  });
});
