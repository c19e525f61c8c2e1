declare module '@cornerstonejs/codec-openjph' {
  export interface FrameInfo {
    width: number;
    height: number;
    bitsPerSample: number;
    componentCount: number;
    isSigned: boolean;
  }
  export class HTJ2KDecoder {
    getEncodedBuffer(length: number): Uint8Array;
    getDecodedBuffer(): Uint8Array;
    decode(): void;
    /** Decode with this many halvings left out; getFrameInfo keeps saying the stored size. */
    decodeSubResolution(level: number): void;
    getFrameInfo(): FrameInfo;
    delete(): void;
  }
  export interface OpenJph {
    HTJ2KDecoder: typeof HTJ2KDecoder;
  }
  export default function create(options: { locateFile: (name: string) => string }): Promise<OpenJph>;
}
declare module '@cornerstonejs/codec-openjph/wasm?url' {
  const url: string;
  export default url;
}
