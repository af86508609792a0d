/** npm run drill: brings PostgreSQL and Redis as npm test does, then runs the drills against the built program. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureInstalled, requireNode, root, run } from '../scripts/install.mjs';
import { startServers } from '../test/support/servers.mjs';
import { HELP, readOptions } from './options.mjs';

requireNode();
const options = asked();
ensureInstalled();
// Also where only a drill or what it uses of the tests has changed.
if (run('npm', ['run', '--silent', 'build']) !== 0) process.exit(2);
const servers = await startServers();
const child = spawn(process.execPath, [join(root, 'dist/drills/drill.js'), JSON.stringify(options)], {
  stdio: 'inherit',
  env: { ...process.env, ...servers.environment },
});
const forward = (signal) => child.kill(signal);
process.once('SIGINT', forward);
process.once('SIGTERM', forward);
const code = await new Promise((resolve) => child.once('close', resolve));
await servers.stop();
process.exit(code ?? 1);

/** Ends here where it was asked wrongly, or for help alone. */
function asked() {
  try {
    const { help, ...order } = readOptions(process.argv.slice(2));
    if (!help) return order;
    process.stdout.write(HELP);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`drill: ${error.message}\nSee npm run drill -- --help\n`);
    process.exit(2);
  }
}
