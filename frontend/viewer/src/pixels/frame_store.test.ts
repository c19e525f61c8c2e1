import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { FrameJson, StackJson } from '../model/pictures';
import type { DecodePool } from './decode_pool';
import type { FrameFetch } from './frame_fetch';
import { FrameStore, requestOf } from './frame_store';
import { PREVIEW } from './preview';

// What of Cornerstone the store uses: a loader, a cache that says what it let go.
const core = vi.hoisted(() => {
  const target = new EventTarget();
  return {
    load: (_: string): { promise: Promise<unknown> } => ({ promise: Promise.resolve() }),
    target,
    removed: (imageId: string) => target.dispatchEvent(new CustomEvent('removed', { detail: { imageId } })),
  };
});
vi.mock('@cornerstonejs/core', () => ({
  cache: {
    setMaxCacheSize: () => {},
    putImageLoadObject: async () => {},
    removeImageLoadObject: core.removed,
  },
  Enums: { Events: { IMAGE_CACHE_IMAGE_REMOVED: 'removed' } },
  eventTarget: core.target,
  imageLoader: {
    registerImageLoader: (_: string, load: typeof core.load) => {
      core.load = load;
    },
    loadImage: (imageId: string) => core.load(imageId).promise,
  },
  metaData: { addProvider: () => {} },
}));
vi.mock('./frame_image', () => ({ toImage: () => ({}), imagePixelModule: () => ({}), imagePlaneModule: () => ({}) }));
vi.mock('../model/geometry', () => ({
  imagePlane: () => ({
    origin: [0, 0, 0],
    alongRow: [1, 0, 0],
    alongColumn: [0, 1, 0],
    rowSpacing: 1,
    columnSpacing: 1,
  }),
}));

const frame = {
  key: 'f',
  colour: false,
  inverted: false,
  windows: [{ centre: 40, width: 80 }],
} as unknown as FrameJson;
const stack = { key: 's', rows: 64, columns: 64, presets: [], frames: [frame] } as unknown as StackJson;
const size = { width: 64, height: 64 };
const [soft, bone] = [
  { centre: 50, width: 400 },
  { centre: 300, width: 1500 },
];

describe('a preview', () => {
  let store: FrameStore;
  let decoding: (() => void)[];

  beforeEach(() => {
    decoding = [];
    const decoded = { columns: 64, rows: 64 };
    const decode = () => new Promise((resolve) => decoding.push(() => resolve(decoded)));
    const pool = { decode } as unknown as DecodePool;
    vi.stubGlobal('window', new EventTarget());
    store = new FrameStore(pool, 1e9, { low: true, subscribe: () => () => {} });
    store.add(stack, { preview: async () => new ArrayBuffer(8) } as unknown as FrameFetch);
  });

  it('whose window was changed while it was decoded is made again', async () => {
    store.look(stack, { window: bone, ...size });
    store.schedule.want(requestOf(frame.key, PREVIEW));
    await vi.waitFor(() => expect(decoding).toHaveLength(1));
    store.look(stack, { window: soft, ...size });
    decoding[0]?.();
    await vi.waitFor(() => expect(decoding).toHaveLength(2));
    decoding[1]?.();
    await vi.waitFor(() => expect(store.isLoaded(frame.key)).toBe(true));
    expect(store.previewWindowOf(frame.key)).toMatchObject(soft);
  });
});
