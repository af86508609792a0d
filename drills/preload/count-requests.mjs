/** Loaded before the program (node --import): says at its end how many requests it had begun and not answered in full. */
import { subscribe } from 'node:diagnostics_channel';

let begun = 0;
let answered = 0;
subscribe('http.server.request.start', ({ response }) => {
  begun += 1;
  response.once('finish', () => (answered += 1));
});
process.on('exit', () => process.stderr.write(`requests begun ${begun}, cut ${begun - answered}\n`));
