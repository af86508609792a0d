/** npm start: installs and builds what is missing, then runs in this very process, so that Ctrl-C reaches it. */
import { ensureBuilt, ensureInstalled, requireNode } from './install.mjs';

requireNode();
ensureInstalled();
ensureBuilt();
const { main } = await import('../dist/src/main.js');
await main();
