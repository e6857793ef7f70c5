import { chmodSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

// What is published: Node strips no types inside node_modules, so the sources are bundled. Every
// dependency but `node` ends up in the bundle. `node scripts/build.ts [DIRECTORY]`, by default dist.
const root = join(import.meta.dirname, '..');
const output = resolve(process.argv[2] ?? join(root, 'dist'));

rmSync(output, { recursive: true, force: true });
const shared = { bundle: true, format: 'esm', platform: 'node', logLevel: 'warning' } as const;
await build({
  ...shared,
  entryPoints: [join(root, 'scripts/build/launcher.mjs')],
  outfile: join(output, 'sheer.js'),
  target: 'node20',
  // The option saves a control plane 40 MB; see the launcher of a checkout.
  banner: { js: '#!/usr/bin/env -S node --max-semi-space-size=4' },
  bundle: false,
});
await build({
  ...shared,
  entryPoints: {
    main: join(root, 'src/app/main.ts'),
    // A thread of its own.
    'advisory-sync': join(root, 'src/app/advisories/advisory-sync-entry.ts'),
    // Processes of their own, which may do less than this one.
    'scan-helper': join(root, 'src/sensors/packages/helper/scan-helper-entry.ts'),
    'document-helper': join(root, 'src/sensors/documents/document-helper-entry.ts'),
    'live-reader': join(root, 'src/sensors/packages/helper/live-reader-entry.ts'),
  },
  outdir: output,
  // Modules that are loaded when they are first needed stay files of their own.
  splitting: true,
  target: 'node26',
  // For CommonJS dependencies inside an ES module.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  sourcemap: 'linked',
});
chmodSync(join(output, 'sheer.js'), 0o755);
