/** Letters at the edges of a picture, and how the four mammographic views are turned to face each other. Pure. */
import type { FrameGeometry, Vector } from './pictures';

/** The patient directions of a vector, the strongest first: "L", "LA", "HFR" (DICOM PS3.3 C.7.6.1.1.1). */
export function directionLetters(v: Vector, threshold = 0.25): string {
  const named: [number, string][] = [
    [Math.abs(v[0]), v[0] > 0 ? 'L' : 'R'],
    [Math.abs(v[1]), v[1] > 0 ? 'P' : 'A'],
    [Math.abs(v[2]), v[2] > 0 ? 'H' : 'F'],
  ];
  return named
    .filter(([size]) => size > threshold)
    .sort((a, b) => b[0] - a[0])
    .map(([, letter]) => letter)
    .join('');
}

export interface EdgeLetters {
  left: string;
  right: string;
  top: string;
  bottom: string;
}

export interface Flips {
  horizontal: boolean;
  vertical: boolean;
}

export const NO_FLIPS: Flips = { horizontal: false, vertical: false };

export function edgeLetters(geometry: Pick<FrameGeometry, 'orientation'>, flips: Flips): EdgeLetters | null {
  const o = geometry.orientation;
  if (!o) return null;
  const sx = flips.horizontal ? -1 : 1;
  const sy = flips.vertical ? -1 : 1;
  const right: Vector = [o[0] * sx, o[1] * sx, o[2] * sx];
  const down: Vector = [o[3] * sy, o[4] * sy, o[5] * sy];
  const opposite = (v: Vector): Vector => [-v[0], -v[1], -v[2]];
  return {
    left: directionLetters(opposite(right)),
    right: directionLetters(right),
    top: directionLetters(opposite(down)),
    bottom: directionLetters(down),
  };
}

/** The edge of the pane at which a breast's chest wall hangs, so that the two sides face each other. */
export function chestWallEdge(modality: string, laterality: string): 'left' | 'right' | null {
  if (!isBreast(modality)) return null;
  return laterality === 'R' ? 'right' : laterality === 'L' ? 'left' : null;
}

function isBreast(modality: string): boolean {
  return modality === 'MG' || modality === 'DBT';
}

/**
 * Which axes of a breast picture must be turned so that it hangs as mammograms do: chest walls facing (right breast
 * with the chest wall to the right, left breast to the left), head up in the oblique, lateral side up in the CC.
 *
 * Only the stored orientation decides; without it the stored matrix is shown as it is. A picture whose axes lie
 * otherwise altogether (rows along the body) is left alone too: its letters say how it lies.
 */
export function hangingFlips(modality: string, laterality: string, view: string, geometry: FrameGeometry): Flips {
  const o = geometry.orientation;
  if (!o || !isBreast(modality) || !['L', 'R'].includes(laterality)) return NO_FLIPS;
  const strongest = (v: Vector): string => directionLetters(v)[0] ?? '';
  const right = strongest([o[0], o[1], o[2]]);
  const down = strongest([o[3], o[4], o[5]]);
  const wantedRight = laterality === 'R' ? 'P' : 'A';
  const horizontal = right === (laterality === 'R' ? 'A' : 'P');
  if (right !== wantedRight && !horizontal) return NO_FLIPS;
  const wrongDown = view.toUpperCase().includes('CC') ? laterality : 'H';
  // In an oblique view the vertical axis leans to the side; the head component alone decides.
  const vertical = view.toUpperCase().includes('CC') ? down === wrongDown : o[5] > 0.25;
  return { horizontal, vertical };
}
