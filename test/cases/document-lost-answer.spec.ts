/** R6: a paper is recorded, and the word of it never comes back. The scan that history speaks of must still be there. */
import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { startBehindDoor, type BehindDoor } from '../support/behind-door.js';
import { eventually } from '../support/eventually.js';
import type { ProblemBody } from '../support/http.js';
import { expectProblem } from '../support/refused.js';

const PDF = Buffer.from('%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n');
const DOCUMENT = createHash('sha256').update(PDF).digest('hex');

let both: BehindDoor;
beforeAll(async () => {
  both = await startBehindDoor();
});
afterAll(() => both.stop());

const isSo = async (text: string, ...values: unknown[]) =>
  ((await both.home.database.owner.query(text, values)).rowCount ?? 0) > 0;

it('is there for whoever downloads it', async () => {
  const { id } = await both.home.http.open();
  const lock = new Client({ connectionString: both.home.database.superuserUrl });
  await lock.connect();
  await lock.query('BEGIN');
  await lock.query('SELECT 1 FROM cases WHERE id = $1 FOR UPDATE', [id]);
  const form = new FormData();
  form.append('kind', 'NEWS_PRINTOUT');
  form.append('file', new Blob([new Uint8Array(PDF)]), 'scan.pdf');
  const reply = both.alone.http.send<ProblemBody>('staf', 'POST', `/cases/${id}/documents`, form, {});
  await eventually('the act waits for the case', () =>
    isSo(`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`),
  );
  both.door.silence();
  await lock.query('COMMIT');
  await lock.end();
  await eventually('it is recorded', () =>
    isSo(`SELECT 1 FROM history WHERE case_id = $1 AND event = 'RECORD_PAPER'`, id),
  );
  await both.door.shut();
  expectProblem(await reply, 'UNAVAILABLE');
  await both.door.mend();
  for (const { http } of [both.home, both.alone]) {
    expect((await http.get('kasi', `/cases/${id}/documents/${DOCUMENT}`)).text).toBe(PDF.toString());
  }
}, 60_000);
