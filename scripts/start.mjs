/** npm start: installs and builds what is missing, then runs in this very process, so that Ctrl-C reaches it. */
import { ensureBuilt, ensureInstalled, requireNode } from './install.mjs';

requireNode();
ensureInstalled();
ensureBuilt();
await import('../dist/scripts/serve.js');
