/** Notices after a dump was restored: the new server counts its transactions from the start, and nobody may notice. */
import { startApp, type TestApp } from '../support/app.js';
import { prepareDatabase } from '../../src/db/prepare.js';
import { tell } from '../support/notices.js';
import type { CaseBody } from '../support/http.js';
import { EventStream, type StreamEvent } from '../support/stream.js';

/** Transactions the old server had counted further. */
const AHEAD = 2_000_000_000;

interface Page {
  readonly items: readonly { readonly text: string }[];
}

let server: TestApp;
let about: CaseBody;
beforeAll(async () => {
  server = await startApp({ environment: { SWEEP_SECONDS: '300' } });
  await server.database.setNow('2026-11-22T03:00:00Z');
  about = await server.http.open();
});
afterAll(() => server.stop());

const say = (...texts: string[]) => tell(server.database.owner, about, 'kasi', texts);
const list = async () => (await server.http.get<Page>('kasi', '/notices')).body.items.map(({ text }) => text);
const said: string[] = [];
const prepare = () =>
  prepareDatabase({
    ownerUrl: server.database.superuserUrl,
    appUrl: server.database.appUrl,
    say: (line) => said.push(line),
  });

/** The id it had on the server that had counted further. */
function laterId(event: StreamEvent | undefined): string {
  const [xid = '', id = ''] = event?.id.split('.') ?? [];
  return `${Number(xid) + AHEAD}.${id}`;
}

it('are listed below newer ones, and a stream goes on where it broke off', async () => {
  await say('satu');
  const before = await EventStream.open(server.http, 'kasi', {});
  await say('dua');
  const [last] = await before.take(1);
  before.breakOff();
  await say('tiga');
  // As on a server that had counted further.
  await server.database.owner.query(
    `UPDATE notices SET created_xid = (created_xid::text::bigint + ${AHEAD})::text::xid8`,
  );
  await say('empat');
  expect(await list()).toEqual(['tiga', 'dua', 'satu', 'empat']);

  await prepare();
  expect(said).toEqual(["put the restored notices in this server's order"]);
  await say('lima');
  expect(await list()).toEqual(['lima', 'empat', 'tiga', 'dua', 'satu']);
  const after = await EventStream.open(server.http, 'kasi', {
    'last-event-id': laterId(last),
  });
  expect((await after.take(3)).map(({ data }) => data.text)).toEqual(['tiga', 'empat', 'lima']);
  after.breakOff();

  await prepare();
  expect(said).toHaveLength(1);
}, 120_000);
