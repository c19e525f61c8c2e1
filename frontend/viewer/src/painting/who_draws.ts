/** Who draws the pictures: graphics, or, where a browser only emulates them, the processor at once. */
import { getRenderingCapabilities } from '@cornerstonejs/core';

export type Drawing = 'graphics' | 'processor';

/** Where a browser may be told, when its graphics are faulty or mistaken for emulated ones. */
const KEY = 'reading-room/drawing';

export function whoDraws(storage: Pick<Storage, 'getItem'>): Drawing {
  const told = storage.getItem(KEY);
  if (told === 'graphics' || told === 'processor') return told;
  const { webgl, softwareRasterizer } = getRenderingCapabilities();
  return webgl && !softwareRasterizer ? 'graphics' : 'processor';
}
