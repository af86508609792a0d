/**
 * Loaded before the program (node --import). At a named point of its way, the n-th time it is reached, the process is
 * killed, or hangs: DRILL_POINT="append:answered 7 kill". The product knows nothing of it.
 *
 *   <statement>:before     decided, not sent
 *   <statement>:sent       on its way to PostgreSQL, the answer not read
 *   <statement>:answered   done in PostgreSQL, nobody told
 *   answer:before, :sent   the HTTP answer to a POST
 *
 * Statements by the name under which they are prepared; "drain-commit" is the commit after due cases were claimed.
 */
import { ServerResponse } from 'node:http';
import pg from 'pg';

const [point, nth, how] = (process.env.DRILL_POINT ?? '').split(' ');
const SPIN_MS = 120_000;
let reached = 0;

function reach(name) {
  if (name !== point || ++reached !== Number(nth)) return;
  process.stderr.write(`crash point ${name}\n`);
  if (how === 'kill') process.kill(process.pid, 'SIGKILL');
  const until = performance.now() + SPIN_MS;
  while (performance.now() < until);
}

const claimed = new WeakSet();

function nameOf(client, config) {
  const name = config?.name ?? (typeof config === 'string' ? config : config?.text);
  return name === 'COMMIT' && claimed.has(client) ? 'drain-commit' : name;
}

/** A claim that found nothing is no point of interest. */
function answered(client, name, result) {
  if (name === 'drain-commit') claimed.delete(client);
  if (name === 'claim-due') {
    if (!result?.rows?.length) return;
    claimed.add(client);
  }
  reach(`${name}:answered`);
}

const query = pg.Client.prototype.query;
pg.Client.prototype.query = function (...args) {
  const name = nameOf(this, args[0]);
  reach(`${name}:before`);
  const last = args.at(-1);
  if (typeof last === 'function') {
    args[args.length - 1] = (error, result) => {
      if (!error) answered(this, name, result);
      last(error, result);
    };
  }
  const returned = query.apply(this, args);
  reach(`${name}:sent`);
  if (typeof returned?.then !== 'function') return returned;
  return returned.then((result) => {
    answered(this, name, result);
    return result;
  });
};

const end = ServerResponse.prototype.end;
ServerResponse.prototype.end = function (...args) {
  const isAct = this.req?.method === 'POST';
  if (isAct) reach('answer:before');
  const returned = end.apply(this, args);
  if (isAct) reach('answer:sent');
  return returned;
};
