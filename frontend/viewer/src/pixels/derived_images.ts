/**
 * Pictures that are computed of frames: three windows, slabs, planes through a volume.
 *
 * An image identifier is "view:<pane>:<number>". Unlike frames they are not kept: a pane holds the one it shows, and a
 * few before it, which the viewport may still ask about.
 */
import { cache, Enums, imageLoader, metaData, type Types, utilities } from '@cornerstonejs/core';
import type { ImagePlane } from '../model/geometry';
import type { Pixels } from './modality';

const SCHEME = 'view';
const KEPT = 4;

export interface Derived {
  pixels: Pixels;
  components: 1 | 3;
  minimum: number;
  maximum: number;
  columns: number;
  rows: number;
  /** Of these pixels: of a reduced picture, the reduced plane. */
  plane: ImagePlane;
  modality: string;
}

interface Known {
  image: Types.IImage;
  plane: ImagePlane;
}

const known = new Map<string, Known>();
let made = 0;

/** Let Cornerstone ask for computed pictures; called once. */
export function serveDerivedImages(): void {
  imageLoader.registerImageLoader(SCHEME, (imageId) => {
    const image = known.get(imageId)?.image;
    return { promise: image ? Promise.resolve(image) : Promise.reject(new Error('This picture was let go.')) };
  });
  metaData.addProvider(metadata, 10_001);
}

export function derivedImage(pane: string, of: Derived): Types.IImage {
  const imageId = `${SCHEME}:${pane}:${++made}`;
  const colour = of.components === 3;
  const image = {
    imageId,
    minPixelValue: of.minimum,
    maxPixelValue: of.maximum,
    slope: 1,
    intercept: 0,
    preScale: {
      enabled: true,
      scaled: true,
      scalingParameters: { modality: of.modality, rescaleSlope: 1, rescaleIntercept: 0 },
    },
    windowCenter: colour ? 128 : (of.minimum + of.maximum + 1) / 2,
    windowWidth: colour ? 256 : Math.max(1, of.maximum - of.minimum + 1),
    voiLUTFunction: Enums.VOILUTFunctionType.LINEAR,
    getPixelData: () => of.pixels,
    getCanvas: () => document.createElement('canvas'),
    rows: of.rows,
    columns: of.columns,
    height: of.rows,
    width: of.columns,
    color: colour,
    rgba: false,
    numberOfComponents: of.components,
    columnPixelSpacing: of.plane.columnSpacing,
    rowPixelSpacing: of.plane.rowSpacing,
    invert: false,
    photometricInterpretation: colour ? 'RGB' : 'MONOCHROME2',
    sizeInBytes: of.pixels.byteLength,
    dataType: of.pixels.constructor.name as Types.PixelDataTypedArrayString,
    imageFrame: { photometricInterpretation: colour ? 'RGB' : 'MONOCHROME2' } as Types.IImageFrame,
    voxelManager: utilities.VoxelManager.createImageVoxelManager({
      scalarData: of.pixels as never,
      width: of.columns,
      height: of.rows,
      numberOfComponents: of.components,
    }),
  } as unknown as Types.IImage;
  known.set(imageId, { image, plane: of.plane });
  letGo(pane);
  return image;
}

/** Setting up a viewport leaves its first picture in Cornerstone's cache, where nobody would ever ask for it. */
export function dropCached(imageId: string): void {
  if (imageId.startsWith(`${SCHEME}:`) && cache.getImageLoadObject(imageId)) cache.removeImageLoadObject(imageId);
}

/** Forget all but the newest pictures of a pane. */
function letGo(pane: string): void {
  const mine = [...known.keys()].filter((id) => id.startsWith(`${SCHEME}:${pane}:`));
  for (const id of mine.slice(0, -KEPT)) known.delete(id);
}

function metadata(type: string, imageId: unknown): unknown {
  const found = typeof imageId === 'string' ? known.get(imageId) : undefined;
  if (!found) return undefined;
  const { image, plane } = found;
  const bits = image.color || image.getPixelData() instanceof Uint8Array ? 8 : 16;
  switch (type) {
    case Enums.MetadataModules.IMAGE_PLANE:
      return {
        frameOfReferenceUID: SCHEME,
        rows: image.rows,
        columns: image.columns,
        imageOrientationPatient: [...plane.alongRow, ...plane.alongColumn],
        rowCosines: [...plane.alongRow],
        columnCosines: [...plane.alongColumn],
        imagePositionPatient: [...plane.origin],
        sliceThickness: 1,
        pixelSpacing: [plane.rowSpacing, plane.columnSpacing],
        rowPixelSpacing: plane.rowSpacing,
        columnPixelSpacing: plane.columnSpacing,
        usingDefaultValues: !plane.calibrated,
      };
    case Enums.MetadataModules.IMAGE_PIXEL:
      return {
        samplesPerPixel: image.numberOfComponents,
        photometricInterpretation: image.photometricInterpretation,
        rows: image.rows,
        columns: image.columns,
        bitsAllocated: bits,
        bitsStored: bits,
        highBit: bits - 1,
        pixelRepresentation: image.getPixelData() instanceof Int16Array ? 1 : 0,
      };
    case Enums.MetadataModules.GENERAL_SERIES:
      return {
        modality: image.preScale?.scalingParameters?.modality ?? 'OT',
        seriesInstanceUID: SCHEME,
        seriesNumber: 1,
      };
    case Enums.MetadataModules.VOI_LUT:
      return { windowCenter: [image.windowCenter], windowWidth: [image.windowWidth] };
    default:
      return undefined;
  }
}
