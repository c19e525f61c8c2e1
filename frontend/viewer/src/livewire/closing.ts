/** How a line along edges comes back to where it began. */
import { distanceToLine } from '../model/contour';
import type { Point } from '../model/pictures';

/**
 * The way back to the beginning; straight where the edge leads back along what is drawn already: that would enclose nothing.
 *
 * @param reach in stored pixels: nearer than this two lines are one.
 */
export function closingWay(drawn: readonly Point[], way: readonly Point[], reach: number): readonly Point[] {
  const between = way.slice(1, -1);
  const again = between.filter((p) => distanceToLine(drawn, p) <= reach).length;
  return again * 2 > between.length ? [way[0] as Point, way.at(-1) as Point] : way;
}
