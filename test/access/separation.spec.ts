/** S11, separation of duties, by every writing route of the OpenAPI document: who reads writes nowhere, who administers carries out nothing. */
import { randomUUID } from 'node:crypto';
import { startApp, type TestApp } from '../support/app.js';
import { footprint } from '../support/footprint.js';
import { accountId, type Http, type Person, type ProblemBody } from '../support/http.js';
import { documentedRoutes, fill, type Route } from '../support/routes.js';

/** Everybody's own: signing in and out, the bell and where it rings. */
const EVERYBODYS = /^\/(auth|notices)\//;
const ADMINS = /^\/admin\//;

let server: TestApp;
let writing: Route[];
let id: string;
beforeAll(async () => {
  server = await startApp({ environment: { SWEEP_SECONDS: '300' } });
  await server.database.setNow('2026-11-22T03:00:00Z');
  await server.database.owner.query(
    `INSERT INTO inspection_mandates
       (office_id, id, account_id, account_office_id, letter_number, valid_from, valid_until)
     SELECT o.id, gen_random_uuid(), a.id, a.office_id, '700/41/ST/2026', alur_now() - interval '1 hour', 'infinity'
     FROM accounts a, offices o WHERE a.id = $1 AND o.code = 'contoh'`,
    [accountId('inspektur', 2)],
  );
  writing = (await documentedRoutes(server.http)).filter(({ method }) => method !== 'GET');
  ({ id } = await server.http.open());
});
afterAll(() => server.stop());

/** Each route as it should be asked, its example for a body; those that did not answer 403, and how many were asked. */
async function letIn(http: Http, person: Person, routes: readonly Route[], headers: Record<string, string> = {}) {
  const before = await footprint(server.database);
  const open: string[] = [];
  for (const { method, path, body } of routes) {
    const concrete = fill(path, { id, secret: randomUUID(), year: '2027' });
    const sent = { 'content-type': 'application/json', 'if-match': '"1"', ...headers };
    const reply = await http.send<ProblemBody>(person, method, concrete, JSON.stringify(body), sent);
    if (reply.status !== 403 || reply.body.code !== 'FORBIDDEN') open.push(`${method} ${path}: ${reply.status}`);
  }
  expect(await footprint(server.database)).toEqual(before);
  return open;
}

it('an inspector has no writing route', async () => {
  const routes = writing.filter(({ path }) => !EVERYBODYS.test(path));
  expect(await letIn(server.http, 'inspektur', routes)).toEqual([]);
  expect(routes.length).toBeGreaterThan(40);
});

it('an inspector by letter has none in the office that lets them in, whatever they are at home', async () => {
  const headers = { 'inspect-office': 'contoh' };
  const routes = writing.filter(({ path }) => !path.startsWith('/auth/'));
  expect(await letIn(server.http.inOffice(2), 'inspektur', routes, headers)).toEqual([]);
});

it('an administrator has none but those of administration', async () => {
  const routes = writing.filter(({ path }) => !EVERYBODYS.test(path) && !ADMINS.test(path));
  expect(await letIn(server.http, 'admin', routes)).toEqual([]);
  expect(routes.length).toBeGreaterThan(20);
});

it.each(['staf', 'kadin', 'sekdin', 'kabid', 'kasi', 'demo-client'] as const)(
  'administration is closed to %s',
  async (person) => {
    const routes = writing.filter(({ path }) => ADMINS.test(path));
    expect(await letIn(server.http, person, routes)).toEqual([]);
    expect(routes.length).toBeGreaterThan(15);
  },
);

it('a client application is no administrator, whomever it acts for', async () => {
  const routes = writing.filter(({ path }) => ADMINS.test(path));
  expect(await letIn(server.http, 'demo-client', routes, { 'on-behalf-of': 'admin' })).toEqual([]);
});
