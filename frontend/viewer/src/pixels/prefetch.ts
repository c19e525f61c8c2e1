/** In which order frames are fetched. Pure. */

/** Indices outward from the current one, itself first: 5, 6, 4, 7, 3 ... at most `most` of them. */
export function outward(current: number, length: number, most = length): number[] {
  const order: number[] = [];
  for (let step = 0; order.length < Math.min(most, length) && step <= length; step++) {
    for (const index of step === 0 ? [current] : [current + step, current - step]) {
      if (index >= 0 && index < length && order.length < most) order.push(index);
    }
  }
  return order;
}

/** The frames of a cine in the order they will be shown, from the current one round the end. */
export function forward(current: number, length: number, most = length): number[] {
  return Array.from({ length: Math.min(most, length) }, (_, i) => (current + i) % length);
}

/** How many frames of a stack may be held when `panes` stacks share the memory, at least a few around the slice. */
export function framesThatFit(memoryBytes: number, bytesPerFrame: number, panes: number): number {
  return Math.max(3, Math.floor((memoryBytes * 0.8) / Math.max(1, panes) / bytesPerFrame));
}
