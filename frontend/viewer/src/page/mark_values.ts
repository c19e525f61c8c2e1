/** The Hounsfield units within a mark: of every stored pixel of the slice that it was drawn on, or not known yet. */

import { SHAPES } from '../marks/shapes';
import { type Statistics, statisticsOf, statisticsWords } from '../marks/statistics';
import type { FrameValues } from '../masks/value_range';
import type { FrameJson, Point, StackJson } from '../model/pictures';
import type { MarkKind, MaskRuns } from '../model/reading';
import { voiTableOf } from '../model/windows';
import { valuesOf } from '../pixels/frame_image';
import { type FrameStore, requestOf } from '../pixels/frame_store';
import type { Places } from '../store/places';

interface Enclosing {
  frame: string;
  kind: MarkKind;
  points: readonly Point[];
  mask?: MaskRuns | null;
}

export class MarkValues {
  /** A mark that is moved or painted gets new points or runs, so what is kept with them is never of another place. */
  private readonly known = new WeakMap<object, { frame: string; statistics: Statistics | null }>();

  constructor(
    private readonly frames: FrameStore,
    private readonly places: Places,
  ) {}

  /** In words; nothing for what has no Hounsfield units. */
  words(mark: Enclosing): string[] {
    const place = this.places.of(mark.frame);
    const frame = place?.stack.frames[place.index];
    if (!place || !frame || !SHAPES[mark.kind].closed || !hasHounsfieldUnits(place.stack, frame)) return [];
    const key = mark.mask ?? mark.points;
    let found = this.known.get(key);
    if (found?.frame !== mark.frame) {
      const values = this.valuesOf(frame);
      if (!values) return ['HU: known once the whole picture has come'];
      found = { frame: mark.frame, statistics: statisticsOf(mark, values) };
      this.known.set(key, found);
    }
    return found?.statistics ? statisticsWords(found.statistics, 'HU') : [];
  }

  /** Every stored pixel; asked for where only a reduced picture is in memory. */
  private valuesOf(frame: FrameJson): FrameValues | null {
    const image = this.frames.image(frame.key, 0);
    if (image) return valuesOf(image);
    this.frames.schedule.want(requestOf(frame.key, 0));
    return null;
  }
}

/** CT whose values are not a table's greys. */
function hasHounsfieldUnits(stack: StackJson, frame: FrameJson): boolean {
  return stack.modality === 'CT' && !frame.colour && stack.bits_stored > 8 && voiTableOf(stack, frame) === null;
}
