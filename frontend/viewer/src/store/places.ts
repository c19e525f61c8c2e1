/** Where frames lie in the case: stack, slice, and how that is said. */
import type { Span } from '../marks/span';
import type { Manifest } from '../model/manifest';
import type { FrameJson, StackJson } from '../model/pictures';
import type { Annotation } from '../model/reading';

export class Places {
  private readonly byFrame = new Map<string, { stack: StackJson; index: number; order: number }>();

  constructor(private readonly manifest: Manifest) {
    let order = 0;
    for (const stack of manifest.stacks) {
      stack.frames.forEach((frame, index) => {
        this.byFrame.set(frame.key, { stack, index, order: order++ });
      });
    }
  }

  of(frameKey: string): { stack: StackJson; index: number } | null {
    return this.byFrame.get(frameKey) ?? null;
  }

  frameOf(frameKey: string): FrameJson | null {
    const place = this.byFrame.get(frameKey);
    return place ? (place.stack.frames[place.index] ?? null) : null;
  }

  orderOf(frameKey: string): number {
    return this.byFrame.get(frameKey)?.order ?? Number.MAX_SAFE_INTEGER;
  }

  /** Where a mark holds, as slices of its stack counted from 0; a mark of one slice begins and ends there. */
  spanOf(mark: Pick<Annotation, 'frame' | 'first_frame' | 'last_frame'>): (Span & { stack: StackJson }) | null {
    const own = this.of(mark.frame);
    if (!own) return null;
    const first = mark.first_frame ? (this.of(mark.first_frame)?.index ?? own.index) : own.index;
    const last = mark.last_frame ? (this.of(mark.last_frame)?.index ?? own.index) : own.index;
    return { stack: own.stack, first: Math.min(first, last), last: Math.max(first, last) };
  }

  words(frameKey: string): string {
    const place = this.byFrame.get(frameKey);
    if (!place) return 'not in this case';
    const { stack, index } = place;
    const slice = stack.frames.length > 1 ? `${stack.kind === 'cine' ? 'frame' : 'slice'} ${index + 1}` : '';
    const title = this.manifest.stacks.length > 1 ? stack.title || stack.modality : '';
    return [title, slice].filter(Boolean).join(', ') || 'picture';
  }
}
