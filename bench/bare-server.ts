/**
 * What is left when everything Alur does is taken away: fastify, pg, one statement for whatever waits, one commit, the
 * answer after it. No machine, no accounts, no history hash of its own making. The limit for this way of serving.
 */
import fastify from 'fastify';
import { Pool } from 'pg';
import { Batcher } from '../src/engine/batcher.js';
import { SHARED_STEP } from './limit.js';

interface Step {
  readonly id: string;
  readonly version: number;
  readonly entry: string;
  readonly key: string;
}

const [url, port] = process.argv.slice(2);
const pool = new Pool({ connectionString: url, max: 8 });

async function write(steps: readonly Step[]): Promise<boolean[]> {
  const { rows } = await pool.query<{ id: string }>({
    name: 'shared-step',
    text: SHARED_STEP,
    values: [JSON.stringify(steps)],
  });
  const done = new Set(rows.map(({ id }) => id));
  return steps.map(({ id }) => done.has(id));
}

const batcher = new Batcher<Step, boolean>(write, { lanes: 2, batch: 128, queue: 4096, key: ({ id }) => id });
const server = fastify();
server.post<{ Params: { id: string }; Body: { type: string; payload: object } }>(
  '/api/v1/cases/:id/events',
  async ({ params: { id }, body, headers }, reply) => {
    const version = Number(String(headers['if-match']).slice(1, -1)) - 1;
    const entry = JSON.stringify({ ...body, filler: 'x'.repeat(800) });
    const written = await batcher.submit({ id, version, entry, key: String(headers['idempotency-key']) });
    return reply.status(written ? 200 : 409).send({ id, state: 'next', filler: 'x'.repeat(2000) });
  },
);
server.post('/api/v1/cases', async (_, reply) => {
  const { rows } = await pool.query<{ id: string }>({
    name: 'open',
    text: `INSERT INTO limit_cases VALUES (gen_random_uuid(), 0, repeat('x', 400)) RETURNING id`,
    values: [],
  });
  return reply.status(201).send(rows[0]);
});
await server.listen({ port: Number(port) });
process.stdout.write('is ready\n');
process.on('SIGINT', () => {
  void server
    .close()
    .then(() => pool.end())
    .then(() => process.exit(0));
});
