/**
 * A stack of slices as a volume, and the planes that it can be cut in. Pure.
 *
 * Voxels are counted from 0 at their centres: column, row, slice. Patient positions are millimetres, LPS (DICOM PS3.3
 * C.7.6.2.1.1). The three steps of the grid need not stand upright on each other: with a tilted gantry the slices are
 * shifted against each other, and cutting along the patient's axes through such a grid straightens them.
 */
import { dot, type ImagePlane } from './geometry';
import type { StackJson, Vector } from './pictures';
import type { PlaneName } from './presentation';

export interface VolumeGrid {
  /** The centre of the first voxel. */
  origin: Vector;
  /** From a voxel to the next one of its row, of its column, and of the next slice, in millimetres. */
  alongRow: Vector;
  alongColumn: Vector;
  acrossSlices: Vector;
  columns: number;
  rows: number;
  slices: number;
  /** Between the slices' normal and the line along which they lie, degrees. */
  tilt: number;
}

export type ReformattedName = Exclude<PlaneName, 'acquired'>;

/** Parallel planes at even steps, each a grid of square pixels. */
export interface PlaneStack {
  name: ReformattedName;
  /** Directions of a plane's rows and columns, and from plane to plane. */
  right: Vector;
  down: Vector;
  normal: Vector;
  /** The centre of the first pixel of the first plane. */
  origin: Vector;
  /** Millimetres between pixels, and between planes. */
  spacing: number;
  step: number;
  columns: number;
  rows: number;
  count: number;
}

const VOLUME_MODALITIES = ['CT', 'MR', 'PT'];
const FEWEST_SLICES = 3;
/** Steps may differ by this share of one, as the server's notes have it (stack_checks.py), or by rounding. */
const EVEN_SHARE = 0.1;
const EVEN_MM = 0.02;
/** And no slice may lie further than this share of a step from its place in the even grid. */
const FURTHEST_OFF = 0.25;
const SAME_COSINE = 2e-3;
const SAME_SPACING = 1e-3;
/** A tilt that is worth a word. */
export const SMALLEST_TILT = 0.1;
/** Beyond this no picture is a gantry's: the slices would hardly overlap. */
const LARGEST_TILT = 60;
/** Acquired planes that lean less than this from a patient's axis are that plane. */
const SAME_PLANE_DEGREES = 0.5;
const MOST_PIXELS_A_SIDE = 1536;

const RIGHT: Record<ReformattedName, Vector> = { axial: [1, 0, 0], coronal: [1, 0, 0], sagittal: [0, 1, 0] };
const DOWN: Record<ReformattedName, Vector> = { axial: [0, 1, 0], coronal: [0, 0, -1], sagittal: [0, 0, -1] };
const NORMAL: Record<ReformattedName, Vector> = { axial: [0, 0, 1], coronal: [0, 1, 0], sagittal: [1, 0, 0] };

export class ReformatError extends Error {}

/**
 * The grid that a stack's slices make.
 *
 * @param most how many bytes the volume may take.
 * @throws ReformatError in the reader's words: not a volume, unevenly spaced, a slice missing, or too large.
 */
export function volumeGrid(stack: StackJson, most: number): VolumeGrid {
  const { frames } = stack;
  if (stack.kind !== 'volume' || !VOLUME_MODALITIES.includes(stack.modality) || stack.samples_per_pixel !== 1) {
    throw new ReformatError('Only CT and MR volumes can be reformatted.');
  }
  if (frames.length < FEWEST_SLICES) throw new ReformatError(`${frames.length} slices are too few to reformat.`);
  const first = frames[0]?.geometry;
  const last = frames.at(-1)?.geometry;
  const o = first?.orientation;
  const spacing = first?.spacing;
  if (!o || !spacing || !first.position || !last?.position) {
    throw new ReformatError('The slices do not say where they lie: they can’t be reformatted.');
  }
  for (const { geometry } of frames) {
    if (!geometry.position) throw new ReformatError('The slices do not say where they lie: they can’t be reformatted.');
    const same =
      geometry.orientation?.every((c, i) => Math.abs(c - (o[i] as number)) <= SAME_COSINE) &&
      geometry.spacing?.every((mm, i) => Math.abs(mm - (spacing[i] as number)) <= SAME_SPACING * mm);
    if (!same) throw new ReformatError('The slices do not lie parallel: they can’t be reformatted.');
  }
  const steps = frames.length - 1;
  const acrossSlices = scaled(minus(last.position, first.position), 1 / steps);
  checkEven(stack, first.position, acrossSlices);
  const row: Vector = [o[0], o[1], o[2]];
  const column: Vector = [o[3], o[4], o[5]];
  const tilt = angle(cross(row, column), acrossSlices);
  if (tilt > LARGEST_TILT) throw new ReformatError('The slices lie side by side, not one above the other.');
  const bytes = stack.rows * stack.columns * frames.length * (stack.bits_stored > 8 ? 2 : 1);
  if (bytes > most) {
    const mb = (n: number): string => `${Math.round(n / 1e6).toLocaleString('en')} MB`;
    throw new ReformatError(`The ${frames.length} slices take ${mb(bytes)}; ${mb(most)} may be held to reformat.`);
  }
  return {
    origin: first.position,
    alongRow: scaled(row, spacing[1]),
    alongColumn: scaled(column, spacing[0]),
    acrossSlices,
    columns: stack.columns,
    rows: stack.rows,
    slices: frames.length,
    tilt,
  };
}

function checkEven(stack: StackJson, origin: Vector, step: Vector): void {
  const gap = stack.gaps[0];
  if (gap) {
    const usual = usualStep(stack);
    const missing = gap.missing === 1 ? ': one is missing' : gap.missing > 1 ? `: ${gap.missing} are missing` : '';
    throw new ReformatError(
      `Slices ${gap.after} and ${gap.after + 1} lie ${gap.millimetres.toFixed(1)} mm apart, the others ` +
        `${usual.toFixed(1)} mm${missing}. What lies between can’t be reformatted.`,
    );
  }
  const length = Math.hypot(...step);
  if (length < 1e-3) throw new ReformatError('Several slices lie at the same place: they can’t be reformatted.');
  let before: Vector | null = null;
  stack.frames.forEach(({ geometry }, k) => {
    const position = geometry.position as Vector;
    const off = Math.hypot(...minus(position, plus(origin, scaled(step, k))));
    const here = before ? Math.abs(Math.hypot(...minus(position, before)) - length) : 0;
    before = position;
    if (here > Math.max(EVEN_MM, EVEN_SHARE * length) || off > Math.max(EVEN_MM, FURTHEST_OFF * length)) {
      throw new ReformatError('The slices are unevenly spaced: they can’t be reformatted.');
    }
  });
}

function usualStep({ frames }: StackJson): number {
  const steps = frames.slice(1).map(({ geometry }, i) => {
    const before = frames[i]?.geometry.position;
    return geometry.position && before ? Math.hypot(...minus(geometry.position, before)) : 0;
  });
  return steps.sort((a, b) => a - b)[(steps.length - 1) >> 1] ?? 0;
}

/** Where a voxel's centre lies in the patient. */
export function patientOf(grid: VolumeGrid, [column, row, slice]: Vector): Vector {
  const along = plus(scaled(grid.alongRow, column), scaled(grid.alongColumn, row));
  return plus(grid.origin, plus(along, scaled(grid.acrossSlices, slice)));
}

/** The voxel, in parts of one, at a position in the patient. */
export function voxelOf(grid: VolumeGrid, position: Vector): Vector {
  return inGrid(grid, minus(position, grid.origin));
}

/** A way through the patient, in voxels. */
export function inGrid({ alongRow: a, alongColumn: b, acrossSlices: c }: VolumeGrid, way: Vector): Vector {
  const det = dot(a, cross(b, c));
  return [dot(way, cross(b, c)) / det, dot(way, cross(c, a)) / det, dot(way, cross(a, b)) / det];
}

/**
 * The planes of a grid along the patient's axes, from the first voxel centres to the last.
 *
 * Right and left, front and back, head and feet lie as radiologists hang them. Pixels are as small as the finest step
 * of the grid within the plane, planes as far apart as the voxels that they follow.
 */
export function planeStack(grid: VolumeGrid, name: ReformattedName): PlaneStack {
  const [right, down, normal] = [RIGHT[name], DOWN[name], NORMAL[name]];
  const steps = [grid.alongRow, grid.alongColumn, grid.acrossSlices];
  const followed = strongest(steps, normal);
  const within = steps.filter((step) => step !== followed);
  const across = [extent(grid, right), extent(grid, down), extent(grid, normal)] as const;
  const finest = Math.min(...within.map((step) => Math.hypot(...step)));
  const longest = Math.max(across[0].length, across[1].length);
  const spacing = Math.max(finest, longest / (MOST_PIXELS_A_SIDE - 1));
  const step = Math.abs(dot(followed, normal));
  const count = (length: number, each: number): number => Math.floor(length / each + 1e-6) + 1;
  const [r, d, n] = across.map(({ least }) => least) as [number, number, number];
  return {
    name,
    right,
    down,
    normal,
    // The three directions are the patient's axes, so that a position is the sum of its parts along them.
    origin: plus(plus(scaled(right, r), scaled(down, d)), scaled(normal, n)),
    spacing,
    step,
    columns: count(across[0].length, spacing),
    rows: count(across[1].length, spacing),
    count: count(across[2].length, step),
  };
}

/** Whether the acquired slices are those planes already. */
export function isAcquired(grid: VolumeGrid, name: ReformattedName): boolean {
  const lean = angle(cross(grid.alongRow, grid.alongColumn), NORMAL[name]);
  return lean < SAME_PLANE_DEGREES && grid.tilt < SAME_PLANE_DEGREES;
}

/** One plane as a picture's plane: marks, lines and letters see no difference. */
export function planeAt(planes: PlaneStack, index: number): ImagePlane {
  return {
    origin: plus(planes.origin, scaled(planes.normal, index * planes.step)),
    alongRow: planes.right,
    alongColumn: planes.down,
    columnSpacing: planes.spacing,
    rowSpacing: planes.spacing,
    calibrated: true,
  };
}

/** The plane nearest to a position, within the stack of planes. */
export function nearestPlane(planes: PlaneStack, position: Vector): number {
  const index = Math.round(dot(minus(position, planes.origin), planes.normal) / planes.step);
  return Math.min(Math.max(index, 0), planes.count - 1);
}

/** The slice whose plane lies nearest to a position; null where slices say no place. */
export function nearestSlice(stack: StackJson, position: Vector): number | null {
  let best: { index: number; away: number } | null = null;
  for (const [index, { geometry }] of stack.frames.entries()) {
    const o = geometry.orientation;
    if (!o || !geometry.position) return null;
    const normal = cross([o[0], o[1], o[2]], [o[3], o[4], o[5]]);
    const away = Math.abs(dot(minus(position, geometry.position), normal));
    if (!best || away < best.away) best = { index, away };
  }
  return best?.index ?? null;
}

/** A place moved straight onto a plane. */
export function onPlane(plane: ImagePlane, place: Vector): Vector {
  const normal = cross(plane.alongRow, plane.alongColumn);
  return plus(place, scaled(normal, dot(minus(plane.origin, place), normal)));
}

function extent(grid: VolumeGrid, direction: Vector): { least: number; length: number } {
  const corners: number[] = [];
  for (const column of [0, grid.columns - 1]) {
    for (const row of [0, grid.rows - 1]) {
      for (const slice of [0, grid.slices - 1]) corners.push(dot(patientOf(grid, [column, row, slice]), direction));
    }
  }
  const least = Math.min(...corners);
  return { least, length: Math.max(...corners) - least };
}

function strongest(ways: readonly Vector[], direction: Vector): Vector {
  const along = (way: Vector): number => Math.abs(dot(way, direction)) / Math.hypot(...way);
  return ways.reduce((best, way) => (along(way) > along(best) ? way : best));
}

export function plus(a: Vector, b: Vector): Vector {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

export function minus(a: Vector, b: Vector): Vector {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

export function scaled(a: Vector, by: number): Vector {
  return [a[0] * by, a[1] * by, a[2] * by];
}

export function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** Degrees between two directions whose sign means nothing. */
function angle(a: Vector, b: Vector): number {
  const cosine = Math.abs(dot(a, b)) / (Math.hypot(...a) * Math.hypot(...b));
  return (Math.acos(Math.min(1, cosine)) * 180) / Math.PI;
}
