/**
 * Frames in memory, each at the resolutions that panes asked for: the thin image loader and what it may hold.
 *
 * An image identifier is "frame:<frame key>", a reduced one "frame:<frame key>@<level>"; the level of a preview, for slow
 * lines, is PREVIEW. Cornerstone's cache holds the
 * images and evicts the least recently used ones; what is fetched, and when, is decided by FrameSchedule.
 */
import { cache, Enums, eventTarget, imageLoader, metaData, type Types } from '@cornerstonejs/core';
import { imagePlane } from '../model/geometry';
import type { FrameJson, StackJson, Window } from '../model/pictures';
import { initialWindow, voiTableOf } from '../model/windows';
import type { Bandwidth } from './bandwidth';
import type { DecodePool } from './decode_pool';
import type { FrameFetch } from './frame_fetch';
import { imagePixelModule, imagePlaneModule, toImage } from './frame_image';
import { FrameSchedule } from './frame_schedule';
import {
  type Look,
  mayBePreviewed,
  PREVIEW,
  previewModality,
  previewQuery,
  previewWindow,
  stretchedPlane,
} from './preview';
import { type Shape, shapeAt } from './resolution';
import { sinceInput, spareRequests } from './spare_time';

const SCHEME = 'frame';
const TRY_AGAIN_MS = 10_000;
/** Requests at once: on a slow line what is asked for last must not wait behind many. */
const MANY = 12;
const FEW = 3;

/** What the schedule is asked for: a frame at a level. */
export function requestOf(frameKey: string, level: number): string {
  return level > 0 ? `${frameKey}@${level}` : frameKey;
}

export function imageIdOf(frameKey: string, level: number): string {
  return `${SCHEME}:${requestOf(frameKey, level)}`;
}

function parsed(request: string): { key: string; level: number } {
  const [key = '', level = '0'] = request.split('@');
  return { key, level: Number(level) };
}

export class FrameStore {
  readonly schedule: FrameSchedule;
  private readonly frames = new Map<string, { stack: StackJson; frame: FrameJson; fetcher: FrameFetch }>();
  private readonly loaded = new Map<string, Set<number>>();
  private readonly failures = new Map<string, string>();
  /** Finer resolutions that could not be had of frames that are shown all the same, and when. */
  private readonly givenUp = new Map<string, number>();
  private readonly exact = new Set<string>();
  /** How panes want previews of a stack, and what was made so. */
  private readonly looks = new Map<string, Look>();
  private readonly previews = new Map<string, { shape: Shape; window: Window | null }>();
  private readonly listeners = new Set<(frameKey: string) => void>();

  constructor(
    private readonly pool: DecodePool,
    readonly memoryBytes: number,
    private readonly bandwidth: Pick<Bandwidth, 'low' | 'subscribe'>,
  ) {
    cache.setMaxCacheSize(memoryBytes);
    const sinceHands = sinceInput();
    this.schedule = new FrameSchedule(
      (request) => this.start(request),
      (request) => this.needsNothing(request),
      () => (bandwidth.low ? FEW : MANY),
      (sinceAsked) => spareRequests(sinceHands(), sinceAsked),
    );
    imageLoader.registerImageLoader(SCHEME, (imageId) => ({ promise: this.load(imageId) }));
    metaData.addProvider((type: string, imageId: string) => this.metadata(type, imageId), 10_000);
    eventTarget.addEventListener(Enums.Events.IMAGE_CACHE_IMAGE_REMOVED, (event: Event) => {
      const { imageId } = (event as CustomEvent<{ imageId?: string }>).detail;
      if (!imageId?.startsWith(`${SCHEME}:`)) return;
      const { key, level } = parsed(imageId.slice(SCHEME.length + 1));
      this.loaded.get(key)?.delete(level);
      this.announce(key);
    });
  }

  add(stack: StackJson, fetcher: FrameFetch): void {
    for (const frame of stack.frames) this.frames.set(frame.key, { stack, frame, fetcher });
  }

  /** Their case is left: give the memory of these stacks back. */
  forget(stacks: Iterable<StackJson>): void {
    for (const stack of stacks) {
      for (const { key } of stack.frames) {
        for (const level of [...this.shownLevels(key)]) this.release(key, level);
        this.frames.delete(key);
        this.loaded.delete(key);
        this.failures.delete(key);
        for (let level = 0; level <= PREVIEW; level++) this.givenUp.delete(requestOf(key, level));
        this.previews.delete(key);
      }
      this.looks.delete(stack.key);
    }
  }

  /** Whether a frame can be shown, at whatever resolution. */
  isLoaded(frameKey: string): boolean {
    return (this.loaded.get(frameKey)?.size ?? 0) > 0;
  }

  /** Whether a resolution could not be had a moment ago; it is tried again when it is asked for later. */
  gaveUp(frameKey: string, level: number): boolean {
    const at = this.givenUp.get(requestOf(frameKey, level));
    return at !== undefined && performance.now() - at < TRY_AGAIN_MS;
  }

  /** The levels at which a frame is in memory, previews left out. */
  levels(frameKey: string): Iterable<number> {
    return [...(this.loaded.get(frameKey) ?? [])].filter((level) => level !== PREVIEW);
  }

  /** The same with PREVIEW, where there is one: what can be shown. */
  shownLevels(frameKey: string): Iterable<number> {
    return this.loaded.get(frameKey) ?? [];
  }

  /** Whether a frame is begun with as a preview: the line is slow. */
  previewsFirst(frameKey: string): boolean {
    const known = this.bandwidth.low ? this.frames.get(frameKey) : undefined;
    return known !== undefined && mayBePreviewed(known.stack, known.frame);
  }

  /** How the previews of a stack are to look; those that were made for another window are let go. */
  look(stack: StackJson, look: Look): void {
    const [first] = stack.frames;
    const wanted = { ...look, window: look.window ?? (first ? initialWindow(stack, first) : null) };
    const before = this.looks.get(stack.key);
    this.looks.set(stack.key, wanted);
    if (before && sameWindow(before.window, wanted.window)) return;
    for (const { key } of stack.frames) if (this.previews.has(key)) this.release(key, PREVIEW);
  }

  /** The window that a frame's preview was made with. */
  previewWindowOf(frameKey: string): Window | null {
    return this.previews.get(frameKey)?.window ?? null;
  }

  /** Whether something of a frame is on its way. */
  isComing(frameKey: string): boolean {
    return this.schedule.isRunning((request) => parsed(request).key === frameKey);
  }

  image(frameKey: string, level: number): Types.IImage | undefined {
    return cache.getImage(imageIdOf(frameKey, level));
  }

  /** Ask for one resolution of a frame even where a finer one is there: slices of a slab have one size. */
  wantExactly(frameKey: string, level: number): void {
    const request = requestOf(frameKey, level);
    if (this.loaded.get(frameKey)?.has(level) || this.exact.has(request) || this.gaveUp(frameKey, level)) return;
    if (!this.isLoaded(frameKey)) {
      this.schedule.want(request);
      return;
    }
    this.exact.add(request);
    void this.start(request).finally(() => this.exact.delete(request));
  }

  /** Give the memory of one resolution back; a coarser one of the frame stays. */
  release(frameKey: string, level: number): void {
    if (this.loaded.get(frameKey)?.has(level)) cache.removeImageLoadObject(imageIdOf(frameKey, level));
  }

  failureOf(frameKey: string): string | null {
    return this.failures.get(frameKey) ?? null;
  }

  retry(frameKey: string): void {
    this.failures.delete(frameKey);
    this.announce(frameKey);
  }

  /** Told of every frame that came, failed or was evicted. */
  subscribe(listener: (frameKey: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private needsNothing(request: string): boolean {
    const { key, level } = parsed(request);
    const there = [...this.shownLevels(key)];
    return this.failures.has(key) || this.gaveUp(key, level) || there.some((finer) => finer <= level);
  }

  private async start(request: string): Promise<void> {
    const { key, level } = parsed(request);
    const imageId = imageIdOf(key, level);
    try {
      // Cached only once it is there: Cornerstone's own loadAndCacheImage leaves a failure's promise to nobody.
      const image = await imageLoader.loadImage(imageId);
      // Its case may have been left meanwhile.
      if (!this.frames.has(key)) return;
      // A slab may have asked for it besides.
      if (this.loaded.get(key)?.has(level)) return;
      await cache.putImageLoadObject(imageId, { promise: Promise.resolve(image) });
      this.loaded.set(key, (this.loaded.get(key) ?? new Set()).add(level));
      this.failures.delete(key);
    } catch (error) {
      if (!this.frames.has(key)) return;
      if (this.isLoaded(key)) this.givenUp.set(request, performance.now());
      else this.failures.set(key, reasonOf(error));
    }
    this.announce(key);
  }

  private async load(imageId: string): Promise<Types.IImage> {
    const { key, level } = parsed(imageId.slice(SCHEME.length + 1));
    const known = this.frames.get(key);
    if (!known) throw new Error('This picture is not part of the case.');
    const { stack, frame, fetcher } = known;
    if (level === PREVIEW) return this.loadPreview(imageId, stack, frame, fetcher);
    const began = performance.now();
    // A server or a cache that knows no ranges sends all, which will do as well.
    const bytes = await fetcher.bytes(stack.key, key, level > 0 ? frame.prefix_lengths[level - 1] : undefined);
    const fetched = performance.now();
    const decoded = await this.pool.decode({
      bytes,
      level,
      format: frame.format,
      colour: frame.colour,
      modality: {
        slope: frame.slope,
        intercept: frame.intercept,
        lut: frame.modality_lut,
        voi: voiTableOf(stack, frame),
        padding: frame.padding,
        inverted: frame.inverted,
        bitsStored: stack.bits_stored,
        signed: stack.signed,
      },
    });
    const shape = shapeAt(level, stack, frame);
    const { columns, rows } = shape;
    if (decoded.columns !== columns || decoded.rows !== rows) {
      throw new Error(`The picture is ${decoded.columns} × ${decoded.rows} where ${columns} × ${rows} were promised.`);
    }
    return toImage(stack, frame, decoded, {
      imageId,
      shape,
      fetch: fetched - began,
      decode: performance.now() - fetched,
    });
  }

  private async loadPreview(
    imageId: string,
    stack: StackJson,
    frame: FrameJson,
    fetcher: FrameFetch,
  ): Promise<Types.IImage> {
    const began = performance.now();
    const look = this.looks.get(stack.key);
    const bytes = await fetcher.preview(stack.key, frame.key, previewQuery(stack, frame, look));
    // The reader may choose another window meanwhile, which this one would show cut.
    const isLate = () => !sameWindow(look?.window, this.looks.get(stack.key)?.window) && this.frames.has(frame.key);
    if (isLate()) return this.loadPreview(imageId, stack, frame, fetcher);
    const fetched = performance.now();
    const modality = previewModality(stack, frame, look);
    const decoded = await this.pool.decode({ bytes, level: 0, format: 'jpeg', colour: frame.colour, modality });
    if (isLate()) return this.loadPreview(imageId, stack, frame, fetcher);
    const { columns, rows } = decoded;
    const shape = { columns, rows, plane: stretchedPlane(imagePlane(frame.geometry), stack, columns, rows) };
    this.previews.set(frame.key, { shape, window: previewWindow(stack, frame, look) });
    return toImage(stack, frame, decoded, {
      imageId,
      shape,
      fetch: fetched - began,
      decode: performance.now() - fetched,
    });
  }

  private shapeOf(stack: StackJson, frame: FrameJson, level: number): Shape {
    const preview = level === PREVIEW ? this.previews.get(frame.key) : undefined;
    return preview?.shape ?? shapeAt(level === PREVIEW ? 0 : level, stack, frame);
  }

  private metadata(type: string, imageId: unknown): unknown {
    if (typeof imageId !== 'string' || !imageId.startsWith(`${SCHEME}:`)) return undefined;
    const { key, level } = parsed(imageId.slice(SCHEME.length + 1));
    const known = this.frames.get(key);
    if (!known) return undefined;
    const { stack, frame } = known;
    switch (type) {
      case Enums.MetadataModules.IMAGE_PLANE:
        return imagePlaneModule(stack, frame, this.shapeOf(stack, frame, level));
      case Enums.MetadataModules.IMAGE_PIXEL:
        return imagePixelModule(stack, frame, this.shapeOf(stack, frame, level));
      case Enums.MetadataModules.GENERAL_SERIES:
        return { modality: stack.modality, seriesInstanceUID: stack.key, seriesNumber: stack.place };
      case Enums.MetadataModules.VOI_LUT: {
        const window = initialWindow(stack, frame);
        return window ? { windowCenter: [window.centre], windowWidth: [window.width] } : undefined;
      }
      default:
        return undefined;
    }
  }

  private announce(frameKey: string): void {
    for (const listener of this.listeners) listener(frameKey);
  }
}

function sameWindow(one: Window | null | undefined, other: Window | null | undefined): boolean {
  return one?.centre === other?.centre && one?.width === other?.width;
}

function reasonOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  const inner = (error as { error?: unknown } | null)?.error;
  return inner instanceof Error ? inner.message : String(error);
}
