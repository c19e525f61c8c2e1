/**
 * Frames as Cornerstone images: the thin image loader, its metadata, and the memory they may take.
 *
 * An image identifier is "frame:<frame key>". Cornerstone's cache holds the images and evicts the least recently
 * used ones; what is fetched, and when, is decided by FrameSchedule.
 */
import { cache, Enums, eventTarget, imageLoader, metaData, type Types } from '@cornerstonejs/core';
import { imagePlane } from '../model/geometry';
import type { FrameJson, StackJson } from '../model/types';
import { initialWindow, voiTableOf } from '../model/windows';
import type { DecodePool } from './decode_pool';
import type { DecodedFrame } from './decode_worker';
import type { FrameFetch } from './frame_fetch';
import { FrameSchedule } from './frame_schedule';

const SCHEME = 'frame';

export function imageIdOf(frameKey: string): string {
  return `${SCHEME}:${frameKey}`;
}

export class FrameStore {
  readonly schedule: FrameSchedule;
  private readonly frames = new Map<string, { stack: StackJson; frame: FrameJson }>();
  private readonly loaded = new Set<string>();
  private readonly failures = new Map<string, string>();
  private readonly listeners = new Set<(frameKey: string) => void>();

  constructor(
    private readonly fetcher: FrameFetch,
    private readonly pool: DecodePool,
    readonly memoryBytes: number,
  ) {
    cache.setMaxCacheSize(memoryBytes);
    this.schedule = new FrameSchedule(
      (key) => this.start(key),
      (key) => this.isLoaded(key) || this.failures.has(key),
    );
    imageLoader.registerImageLoader(SCHEME, (imageId) => ({ promise: this.load(imageId.slice(SCHEME.length + 1)) }));
    metaData.addProvider((type: string, imageId: string) => this.metadata(type, imageId), 10_000);
    eventTarget.addEventListener(Enums.Events.IMAGE_CACHE_IMAGE_REMOVED, (event: Event) => {
      const { imageId } = (event as CustomEvent<{ imageId?: string }>).detail;
      if (!imageId) return;
      const key = imageId.slice(SCHEME.length + 1);
      this.loaded.delete(key);
      this.announce(key);
    });
  }

  add(stack: StackJson): void {
    for (const frame of stack.frames) this.frames.set(frame.key, { stack, frame });
  }

  isLoaded(frameKey: string): boolean {
    return this.loaded.has(frameKey);
  }

  image(frameKey: string): Types.IImage | undefined {
    return cache.getImage(imageIdOf(frameKey));
  }

  failureOf(frameKey: string): string | null {
    return this.failures.get(frameKey) ?? null;
  }

  retry(frameKey: string): void {
    this.failures.delete(frameKey);
    this.announce(frameKey);
    this.schedule.want(frameKey);
  }

  /** Told of every frame that came, failed or was evicted. */
  subscribe(listener: (frameKey: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private async start(key: string): Promise<void> {
    const imageId = imageIdOf(key);
    try {
      // Cached only once it is there: Cornerstone's own loadAndCacheImage leaves a failure's promise to nobody.
      const image = await imageLoader.loadImage(imageId);
      await cache.putImageLoadObject(imageId, { promise: Promise.resolve(image) });
      this.loaded.add(key);
      this.failures.delete(key);
    } catch (error) {
      this.failures.set(key, reasonOf(error));
    }
    this.announce(key);
  }

  private async load(key: string): Promise<Types.IImage> {
    const known = this.frames.get(key);
    if (!known) throw new Error('This picture is not part of the case.');
    const { stack, frame } = known;
    const began = performance.now();
    const bytes = await this.fetcher.bytes(stack.key, key);
    const fetched = performance.now();
    const decoded = await this.pool.decode({
      bytes,
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
    if (decoded.columns !== stack.columns || decoded.rows !== stack.rows) {
      throw new Error(
        `The picture is ${decoded.columns} × ${decoded.rows} where ${stack.columns} × ${stack.rows} were promised.`,
      );
    }
    return toImage(stack, frame, decoded, { fetch: fetched - began, decode: performance.now() - fetched });
  }

  private metadata(type: string, imageId: unknown): unknown {
    if (typeof imageId !== 'string' || !imageId.startsWith(`${SCHEME}:`)) return undefined;
    const known = this.frames.get(imageId.slice(SCHEME.length + 1));
    if (!known) return undefined;
    const { stack, frame } = known;
    switch (type) {
      case Enums.MetadataModules.IMAGE_PLANE:
        return imagePlaneModule(stack, frame);
      case Enums.MetadataModules.IMAGE_PIXEL:
        return imagePixelModule(stack, frame);
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

function reasonOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  const inner = (error as { error?: unknown } | null)?.error;
  return inner instanceof Error ? inner.message : String(error);
}

function imagePlaneModule(stack: StackJson, frame: FrameJson): Record<string, unknown> {
  const plane = imagePlane(frame.geometry);
  return {
    frameOfReferenceUID: stack.key,
    rows: stack.rows,
    columns: stack.columns,
    imageOrientationPatient: [...plane.alongRow, ...plane.alongColumn],
    rowCosines: [...plane.alongRow],
    columnCosines: [...plane.alongColumn],
    imagePositionPatient: [...plane.origin],
    sliceThickness: frame.geometry.slice_thickness ?? 1,
    pixelSpacing: [plane.rowSpacing, plane.columnSpacing],
    rowPixelSpacing: plane.rowSpacing,
    columnPixelSpacing: plane.columnSpacing,
    usingDefaultValues: !plane.calibrated,
  };
}

function imagePixelModule(stack: StackJson, frame: FrameJson): Record<string, unknown> {
  return {
    samplesPerPixel: frame.colour ? 3 : 1,
    photometricInterpretation: frame.colour ? 'RGB' : 'MONOCHROME2',
    rows: stack.rows,
    columns: stack.columns,
    bitsAllocated: frame.colour ? 8 : stack.bits_allocated,
    bitsStored: frame.colour ? 8 : stack.bits_stored,
    highBit: (frame.colour ? 8 : stack.bits_stored) - 1,
    pixelRepresentation: stack.signed ? 1 : 0,
  };
}

function toImage(
  stack: StackJson,
  frame: FrameJson,
  decoded: DecodedFrame,
  times: { fetch: number; decode: number },
): Types.IImage {
  const plane = imagePlane(frame.geometry);
  const { pixels, minimum, maximum } = decoded;
  const colour = decoded.components === 3;
  const window = colour ? { centre: 128, width: 256 } : initialWindow(stack, frame);
  const image = {
    imageId: imageIdOf(frame.key),
    minPixelValue: minimum,
    maxPixelValue: maximum,
    // The pixels are modality values already.
    slope: 1,
    intercept: 0,
    preScale: {
      enabled: true,
      scaled: true,
      scalingParameters: { modality: stack.modality, rescaleSlope: 1, rescaleIntercept: 0 },
    },
    windowCenter: window?.centre ?? (minimum + maximum + 1) / 2,
    windowWidth: window?.width ?? Math.max(1, maximum - minimum + 1),
    voiLUTFunction: Enums.VOILUTFunctionType.LINEAR,
    getPixelData: () => pixels,
    getCanvas: () => document.createElement('canvas'),
    rows: decoded.rows,
    columns: decoded.columns,
    height: decoded.rows,
    width: decoded.columns,
    color: colour,
    rgba: false,
    numberOfComponents: decoded.components,
    columnPixelSpacing: plane.columnSpacing,
    rowPixelSpacing: plane.rowSpacing,
    sliceThickness: frame.geometry.slice_thickness ?? undefined,
    // The pane inverts MONOCHROME1 itself, together with the reader's own inversion.
    invert: false,
    photometricInterpretation: colour ? 'RGB' : 'MONOCHROME2',
    sizeInBytes: pixels.byteLength,
    dataType: pixels.constructor.name as Types.PixelDataTypedArrayString,
    imageFrame: { photometricInterpretation: colour ? 'RGB' : 'MONOCHROME2' } as Types.IImageFrame,
    loadTimeInMS: times.fetch,
    decodeTimeInMS: times.decode,
  };
  return image as Types.IImage;
}
