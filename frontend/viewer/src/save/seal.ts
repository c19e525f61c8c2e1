/** Encryption of what a browser keeps: AES-GCM with the key that the server gives to its person alone. */

export interface Sealed {
  iv: Uint8Array<ArrayBuffer>;
  bytes: ArrayBuffer;
}

export class Seal {
  private constructor(private readonly key: CryptoKey) {}

  /** From 256 bits in base64. The key can then be used by this page, not read out of it, and dies with it. */
  static async from(base64: string): Promise<Seal> {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    return new Seal(await crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']));
  }

  /** `name` is bound to the cipher text: under another one it can't be opened. */
  async close(name: string, value: unknown): Promise<Sealed> {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify(value));
    return { iv, bytes: await crypto.subtle.encrypt(this.algorithm(iv, name), this.key, plain) };
  }

  /** Rejects when the text was closed with another key or under another name, or was changed since. */
  async open(name: string, { iv, bytes }: Sealed): Promise<unknown> {
    const plain = await crypto.subtle.decrypt(this.algorithm(iv, name), this.key, bytes);
    return JSON.parse(new TextDecoder().decode(plain));
  }

  private algorithm(iv: Uint8Array<ArrayBuffer>, name: string): AesGcmParams {
    return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(name) };
  }
}
