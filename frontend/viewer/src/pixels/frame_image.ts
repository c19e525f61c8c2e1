/** One decoded frame as Cornerstone's image, and what Cornerstone asks about it. */
import { Enums, type Types } from '@cornerstonejs/core';
import type { FrameValues } from '../masks/value_range';
import type { FrameJson, StackJson } from '../model/pictures';
import { initialWindow } from '../model/windows';
import type { DecodedFrame } from './decode_worker';
import type { Shape } from './resolution';

export function imagePlaneModule(stack: StackJson, frame: FrameJson, shape: Shape): Record<string, unknown> {
  const { plane, rows, columns } = shape;
  return {
    frameOfReferenceUID: stack.key,
    rows,
    columns,
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

export function imagePixelModule(stack: StackJson, frame: FrameJson, shape: Shape): Record<string, unknown> {
  return {
    samplesPerPixel: frame.colour ? 3 : 1,
    photometricInterpretation: frame.colour ? 'RGB' : 'MONOCHROME2',
    rows: shape.rows,
    columns: shape.columns,
    bitsAllocated: frame.colour ? 8 : stack.bits_allocated,
    bitsStored: frame.colour ? 8 : stack.bits_stored,
    highBit: (frame.colour ? 8 : stack.bits_stored) - 1,
    pixelRepresentation: stack.signed ? 1 : 0,
  };
}

/** An image's modality values, one a pixel; of colours their brightness (ITU-R BT.601). */
export function valuesOf(image: Types.IImage): FrameValues {
  const pixels = image.getPixelData();
  const { columns, rows, color } = image;
  const at = (index: number): number => pixels[index] as number;
  const brightness = (index: number): number =>
    0.299 * at(3 * index) + 0.587 * at(3 * index + 1) + 0.114 * at(3 * index + 2);
  return { columns, rows, at: color ? brightness : at };
}

export interface Making {
  imageId: string;
  shape: Shape;
  /** Milliseconds. */
  fetch: number;
  decode: number;
}

export function toImage(stack: StackJson, frame: FrameJson, decoded: DecodedFrame, making: Making): Types.IImage {
  const { plane } = making.shape;
  const { pixels, minimum, maximum } = decoded;
  const colour = decoded.components === 3;
  const window = colour ? { centre: 128, width: 256 } : initialWindow(stack, frame);
  const image = {
    imageId: making.imageId,
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
    loadTimeInMS: making.fetch,
    decodeTimeInMS: making.decode,
  };
  return image as Types.IImage;
}
