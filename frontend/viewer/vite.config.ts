import { defineConfig } from 'vitest/config';

declare const process: { env: Record<string, string | undefined> };

// What judges a change is the same for everyone; PROPERTIES=search looks for new examples.
const setupFiles = process.env.PROPERTIES === 'search' ? [] : ['src/same_properties.ts'];

// Django serves the output: frontend/static/viewer under STATIC_URL. The manifest lies beside the files,
// not in .vite/, because collectstatic skips folders that begin with a dot.
export default defineConfig({
  base: '/static/viewer/',
  build: {
    outDir: '../static/viewer',
    emptyOutDir: true,
    manifest: 'manifest.json',
    target: 'es2022',
    chunkSizeWarningLimit: 4000,
    rollupOptions: {
      input: { main: 'src/main.ts', waiting: 'src/waiting.ts', schema_editor: 'src/schema_editor/main.ts' },
      // The worklist names its script without looking into the manifest.
      output: { entryFileNames: ({ name }) => (name === 'waiting' ? 'waiting.js' : 'assets/[name]-[hash].js') },
    },
  },
  worker: { format: 'es' },
  // Property tests on a machine that is busy with browsers and databases besides.
  test: { testTimeout: 60_000, setupFiles },
});
