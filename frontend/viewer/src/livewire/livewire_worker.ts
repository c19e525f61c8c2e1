/** Finds the ways along edges beside the page, which stays fluid meanwhile. */
import { edgeCosts, type GreyGrid } from './costs';
import { cheapestWays } from './paths';

export interface WaysRequest {
  id: number;
  /** Left out where it is the one before. */
  grid?: GreyGrid;
  seed: number;
}

export interface WaysReply {
  id: number;
  arrivals: Uint8Array;
}

let kept: { grid: GreyGrid; costs: Uint8Array } | null = null;

self.onmessage = ({ data }: MessageEvent<WaysRequest>) => {
  if (data.grid) kept = { grid: data.grid, costs: edgeCosts(data.grid) };
  if (!kept) return;
  const { width, height } = kept.grid;
  const reply: WaysReply = { id: data.id, arrivals: cheapestWays(kept.costs, width, height, data.seed) };
  self.postMessage(reply, { transfer: [reply.arrivals.buffer as ArrayBuffer] });
};
