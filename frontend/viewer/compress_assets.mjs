// Beside each built file lie compressed copies of it, which WhiteNoise and nginx send as they are.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const folder = new URL('../static/viewer/assets/', import.meta.url);
for (const name of readdirSync(folder)) {
  if (!/\.(js|css|wasm)$/.test(name)) continue;
  const bytes = readFileSync(new URL(name, folder));
  writeFileSync(new URL(`${name}.gz`, folder), gzipSync(bytes, { level: 9 }));
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
  writeFileSync(new URL(`${name}.br`, folder), brotliCompressSync(bytes, { params }));
}
