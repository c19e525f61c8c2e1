/** Giving memory back at once, not when the next garbage collection comes: a worker at rest has none. */

/** The bytes are not needed any more; whoever reads them afterwards finds none. */
export function giveBack(bytes: ArrayBufferLike): void {
  // Browsers before 2024 leave it to the collection.
  if (bytes instanceof ArrayBuffer && !bytes.detached) bytes.transfer?.(0);
}
