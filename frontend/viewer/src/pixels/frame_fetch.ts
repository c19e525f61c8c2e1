/** Fetching one frame's stored bytes with its stack's token, which is renewed when it has run out. */
import type { Manifest } from '../model/manifest';

export class FrameError extends Error {}

const ATTEMPTS = 3;

/** Told of every request, and how many bytes it brought. */
export interface Meter {
  began(): void;
  ended(bytes: number): void;
}

export class FrameFetch {
  private readonly tokens = new Map<string, string>();
  private renewal: Promise<void> | null = null;
  private clock: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;

  constructor(
    private readonly address: string,
    private readonly renewManifest: () => Promise<Manifest>,
    private readonly meter: Meter = { began: () => undefined, ended: () => undefined },
  ) {}

  /** Take the tokens of a manifest, and renew them before the first one runs out. */
  takeTokens(manifest: Manifest): void {
    let soonest = Number.POSITIVE_INFINITY;
    for (const stack of manifest.stacks) {
      this.tokens.set(stack.key, stack.token);
      soonest = Math.min(soonest, Date.parse(stack.token_expires) || Number.POSITIVE_INFINITY);
    }
    const wait = soonest - Date.now() - 60_000;
    clearTimeout(this.clock);
    if (this.stopped || !Number.isFinite(wait)) return;
    this.clock = setTimeout(() => void this.renew(), Math.min(Math.max(wait, 30_000), 2 ** 31 - 1));
  }

  /** The case is left: nothing is renewed any more. */
  stop(): void {
    clearTimeout(this.clock);
    this.stopped = true;
  }

  /** The bytes of a frame, or the first `length` of them. Raises FrameError with the reason in words. */
  bytes(stackKey: string, frameKey: string, length?: number): Promise<ArrayBuffer> {
    return this.fetched(stackKey, this.address + frameKey, length);
  }

  /** A frame as a JPEG: `query` says how. Raises as `bytes` does. */
  preview(stackKey: string, frameKey: string, query: string): Promise<ArrayBuffer> {
    return this.fetched(stackKey, this.address + frameKey + query);
  }

  /** The picture (PNG) of an overlay plane, by the address that the manifest names. Raises as `bytes` does. */
  overlay(stackKey: string, address: string): Promise<ArrayBuffer> {
    return this.fetched(stackKey, address);
  }

  private async fetched(stackKey: string, address: string, length?: number): Promise<ArrayBuffer> {
    let bytes = 0;
    this.meter.began();
    try {
      const body = await this.tried(stackKey, address, length);
      bytes = body.byteLength;
      return body;
    } finally {
      this.meter.ended(bytes);
    }
  }

  private async tried(stackKey: string, address: string, length?: number): Promise<ArrayBuffer> {
    for (let attempt = 1; ; attempt++) {
      const response = await this.once(stackKey, address, length);
      if (response instanceof Response && response.ok) return response.arrayBuffer();
      const status = response instanceof Response ? response.status : 0;
      const last = attempt >= ATTEMPTS;
      if (!last && (status === 401 || status === 403)) {
        await this.renew();
      } else if (!last && (status === 0 || status >= 500 || status === 429)) {
        await new Promise((resolve) => setTimeout(resolve, 400 * 2 ** attempt));
      } else if (status === 0) {
        throw new FrameError('The server could not be reached.');
      } else if (status === 401 || status === 403) {
        throw new FrameError('The server does not show this picture to you any more. Reload the page.');
      } else {
        throw new FrameError(`The server answered ${status} for this picture.`);
      }
    }
  }

  private async once(stackKey: string, address: string, length?: number): Promise<Response | null> {
    const headers: Record<string, string> = { 'X-Frame-Token': this.tokens.get(stackKey) ?? '' };
    if (length) headers.Range = `bytes=0-${length - 1}`;
    try {
      return await fetch(address, { headers });
    } catch {
      return null;
    }
  }

  private renew(): Promise<void> {
    this.renewal ??= this.renewManifest()
      .then((manifest) => this.takeTokens(manifest))
      .catch(() => undefined)
      .finally(() => {
        this.renewal = null;
      });
    return this.renewal;
  }
}
