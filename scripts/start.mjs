/** npm start: installs and builds what is missing, then runs in this very process, so that Ctrl-C reaches it. */
import { ensureBuilt, ensureInstalled, requireNode } from './install.mjs';

requireNode();
ensureInstalled();
ensureBuilt();
stopWithNpm();
await import('../dist/scripts/serve.js');

/** npm hands SIGTERM to the shell between us, which dies of it without a word: when our parent is gone, we stop too. */
function stopWithNpm() {
  if (process.env.npm_lifecycle_event !== 'start') return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 250);
  watch.unref();
}
