/** Runs a built script by name, after installing and building what is missing: `node scripts/run.mjs demo`. */
import { ensureBuilt, ensureInstalled, requireNode } from './install.mjs';

requireNode();
ensureInstalled();
ensureBuilt();
const [name, ...rest] = process.argv.slice(2);
process.argv.splice(2, process.argv.length, ...rest);
await import(`../dist/scripts/${name}.js`);
