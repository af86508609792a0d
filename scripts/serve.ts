/** What a container runs: the built program, with nothing to install or build before it. */
import { main } from '../src/main.js';

await main();
