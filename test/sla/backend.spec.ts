/** The queue's own connections hear of their errors from the start, whoever makes them. */
import { createRequire } from 'node:module';
import '../../src/sla/backend.js';

it('a client that BullMQ makes by itself ends no process', () => {
  const { Client } = createRequire(import.meta.url)('pg') as typeof import('pg');
  expect(new Client().listenerCount('error')).toBe(1);
});
