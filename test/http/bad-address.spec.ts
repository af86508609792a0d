/** Addresses: unknown things, things of another office, wrong methods, odd query strings. Generated from the OpenAPI document. */
import { randomUUID } from 'node:crypto';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { makeForeign, OWNERS, type Foreign, type Kind, type Values } from '../support/foreign.js';
import { accountId, type CaseBody, type ProblemBody } from '../support/http.js';
import { expectProblem, expectRefused } from '../support/refused.js';
import { ask, documentedRoutes, type Route } from '../support/routes.js';

let server: TestApp;
let routes: Route[];
let own: CaseBody;
let foreign: Foreign;
beforeAll(async () => {
  server = await startApp();
  // The other office's clocks never stop; a minute that lasts a second would write alarms while we count rows.
  await server.database.owner.query(
    `INSERT INTO calendars SELECT office_id, 2, (SELECT data FROM calendars WHERE data->>'minuteMs' = '60000') FROM calendars WHERE data->>'minuteMs' = '1000'`,
  );
  await server.database.owner.query(`UPDATE offices SET calendar_version = 2 WHERE code = 'kilat'`);
  await server.database.setNow('2026-11-22T03:00:00Z');
  routes = await documentedRoutes(server.http);
  own = await server.http.open();
  foreign = await makeForeign(server);
});
afterAll(() => server.stop());

/** What each path with a parameter names, by hand: a path that is not here is a route nobody has thought of. */
const CASE_DOORS = {
  staff: [
    'receive-applicant',
    'register-letter',
    'record-disposition',
    'deliver-disposition',
    'complete-service',
    'register-outgoing-letter',
    'file-documents',
    'return-incomplete',
    'resubmit',
    'withdraw',
    'hold',
    'resume',
  ],
  kadin: ['issue-disposition', 'reject', 'recall-disposition', 'hold', 'resume'],
  'sekdin-kabid': ['follow-up-disposition', 'hold', 'resume'],
  kasi: ['confirm-archive', 'cancel', 'hold', 'resume'],
};
const NAMED: Readonly<Record<string, Kind | 'nothing of an office'>> = {
  ...Object.fromEntries(
    Object.entries(CASE_DOORS).flatMap(([door, acts]) => acts.map((act) => [`/${door}/cases/{id}/${act}`, 'case'])),
  ),
  '/cases/{id}': 'case',
  '/cases/{id}/history': 'case',
  '/cases/{id}/clock': 'case',
  '/cases/{id}/events': 'case',
  '/cases/{id}/documents': 'case',
  '/cases/{id}/documents/{document}': 'paper',
  '/inspection/cases/{id}/history': 'case',
  '/inspection/cases/{id}/state': 'case',
  '/inspection/cases/{id}/verify': 'case',
  '/inspection/cases/{id}/export': 'case',
  '/inspection/cases/{id}/proof': 'case',
  '/inspection/cases/{id}/personal': 'case',
  '/notices/{id}/acknowledge': 'notice',
  '/admin/accounts/{id}': 'account',
  '/admin/accounts/{id}/disable': 'account',
  '/admin/accounts/{id}/enable': 'account',
  '/admin/accounts/{id}/reset-password': 'account',
  '/admin/accounts/{id}/identities': 'account',
  '/admin/accounts/{id}/identities/{identity}': 'identity',
  '/admin/accounts/{id}/grants': 'account',
  '/admin/accounts/{id}/acting-orders': 'account',
  '/admin/grants/{id}/end': 'grant',
  '/admin/inspection-mandates/{id}/end': 'mandate',
  '/admin/clients/{id}/secrets': 'client',
  '/admin/clients/{id}/secrets/{secret}/revoke': 'secret',
  '/admin/deliveries/{id}/retry': 'delivery',
  '/admin/webhooks/{id}/rotate-secret': 'webhook',
  '/admin/webhooks/{id}/test': 'webhook',
  // Last: it is gone then.
  '/admin/webhooks/{id}': 'webhook',
  '/admin/calendar/holidays/{year}': 'nothing of an office',
  '/admin/calendar/holidays/{year}/preview': 'nothing of an office',
  '/calendars/{version}': 'nothing of an office',
  '/services/{service}': 'nothing of an office',
  '/services/{service}/diagram': 'nothing of an office',
};
const PATHS = Object.keys(NAMED);

/** Routes that name a thing of an office, in the order of the table. */
const naming = () =>
  routes
    .filter(({ path }) => path.includes('{') && NAMED[path] !== 'nothing of an office')
    .sort((a, b) => PATHS.indexOf(a.path) - PATHS.indexOf(b.path));
const kindOf = ({ path }: Route) => NAMED[path] as Kind;
const without = ({ requestId: _requestId, ...rest }: ProblemBody & { requestId?: string }) => rest;
const refusalOf = async (route: Route, values: Values) =>
  without(await expectRefused(server, 'NOT_FOUND', () => ask(server.http, route, values)));

describe('an id', () => {
  it('stands in no path but those of the table', () => {
    const documented = routes.map(({ path }) => path).filter((path) => path.includes('{'));
    expect([...new Set(documented)].sort()).toEqual([...PATHS].sort());
    expect(naming().length).toBeGreaterThanOrEqual(55);
  });

  it('that is unknown, of another office, or malformed gets the same 404 on every route', async () => {
    for (const route of naming()) {
      const theirs = foreign.things[kindOf(route)];
      const odd = { document: '0'.repeat(64), secret: randomUUID(), identity: randomUUID() };
      const unknown = await refusalOf(route, { ...odd, id: randomUUID() });
      expect([route.path, await refusalOf(route, theirs)]).toEqual([route.path, unknown]);
      for (const id of ['not-a-uuid', `${own.id}x`, '__proto__', 'x'.repeat(250)]) {
        expect([route.path, await refusalOf(route, { ...odd, id })]).toEqual([route.path, unknown]);
      }
    }
  });

  it('of a part of something of another office is unknown below one’s own', async () => {
    const { paper, secret } = foreign.things;
    await expectRefused(server, 'NOT_FOUND', () =>
      server.http.get('staf', `/cases/${own.id}/documents/${paper.document!}`),
    );
    const path = `/admin/clients/${accountId('demo-client')}/secrets/${secret.secret!}/revoke`;
    await expectRefused(server, 'NOT_FOUND', () => server.http.post('admin', path, {}));
  });

  it('is found by its own office, on every route', async () => {
    for (const route of naming()) {
      const kind = kindOf(route);
      const person = OWNERS[kind] ?? route.person;
      const { status } = await ask(server.http.inOffice(2), { ...route, person }, foreign.things[kind]);
      expect([route.method, route.path, status]).not.toEqual([route.method, route.path, 404]);
      expect([route.method, route.path, status]).not.toEqual([route.method, route.path, 403]);
    }
  });

  it('of a paper of another case is unknown', () =>
    expectRefused(server, 'NOT_FOUND', () => server.http.get('staf', `/cases/${own.id}/documents/${'0'.repeat(64)}`)));

  it.each(['no-such-service', '__proto__', 'constructor'])('of a service that is "%s" is unknown', async (name) => {
    await expectRefused(server, 'NOT_FOUND', () => server.http.get('staf', `/services/${name}`));
    await expectRefused(server, 'NOT_FOUND', () => server.http.get('staf', `/services/${name}/diagram`));
  });

  it('of another office’s case draws no diagram', () =>
    expectRefused(server, 'NOT_FOUND', () =>
      server.http.get('staf', `/services/kim-member-service/diagram?case=${foreign.openCase.id}`),
    ));
});

describe('a method', () => {
  it('no route of the document takes is a 405 that lists those it takes', async () => {
    const paths = [...new Set(routes.map(({ path }) => path))];
    for (const path of paths) {
      const taken = routes.filter((route) => route.path === path).map(({ method }) => method);
      const allow = [...taken, ...(taken.includes('GET') ? ['HEAD'] : [])].sort().join(', ');
      const concrete = path.replace('{id}', own.id).replace(/\{\w+\}/, 'x');
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((one) => !taken.includes(one))) {
        const reply = await server.http.send<ProblemBody>('staf', method, concrete, null);
        expect([method, path, reply.status]).toEqual([method, path, 405]);
        expectProblem(reply, 'METHOD_NOT_ALLOWED');
        expect([path, reply.headers.get('allow')]).toEqual([path, allow]);
      }
    }
  });
});

describe('a path', () => {
  it.each(['/nowhere', '/cases/', '/staff', '/admin/cases', '/cases/%00', '/%5c..%5cetc%5cpasswd', '/kadin/cases'])(
    '%s that leads nowhere is a 404',
    (path) => expectRefused(server, 'NOT_FOUND', () => server.http.get('staf', path)),
  );

  it('that is no address at all is a 400', () =>
    expectRefused(server, 'INVALID_INPUT', () => server.http.get('staf', '/cases/%zz')));

  it.each(['..%2f..%2fcases', 'confirm-archive%00', 'toString'])('below a role, %s is a 404', (name) =>
    expectRefused(server, 'NOT_FOUND', () => server.http.post('kasi', `/kasi/cases/${own.id}/${name}`, {})),
  );
});

describe('a query string', () => {
  it.each([
    ['/cases?limit=0', 'limit'],
    ['/cases?limit=101', 'limit'],
    ['/cases?limit=ten', 'limit'],
    ['/cases?limit=5&limit=6', 'limit'],
    ['/cases?step=100', 'step'],
    ['/cases?late=maybe', 'late'],
    ['/cases?state=intake%27--', 'state'],
    [`/cases?state=${'a'.repeat(301)}`, 'state'],
    ['/cases?from=2026-02-30', 'from'],
    ['/cases?to=tomorrow', 'to'],
    ['/cases?text=x', 'text'],
    ['/cases?text=a%00b', 'text'],
    [`/cases?text=${'x'.repeat(50_000 / 5)}`, 'text'],
    ['/cases?officer=', 'officer'],
    ['/cases?colour=red', ''],
    ['/cases?office=2', ''],
    ['/cases?__proto__=1', ''],
    ['/staff/inbox?limit=0', 'limit'],
    ['/staff/inbox?role=kadin', ''],
    ['/notices?open=yes', 'open'],
    ['/notices?recipient=kadin', ''],
    ['/services/kim-member-service/diagram?format=png', 'format'],
  ])('%s is refused at its path', async (path, issue) => {
    const problem = await expectRefused(server, 'INVALID_INPUT', () => server.http.get('staf', path));
    expect(problem.issues?.map((one) => one.path)).toContain(issue);
  });

  const cursor = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  it.each(['x', '%00', '*', cursor([]), cursor([1, 'x']), cursor(['1', randomUUID()]), cursor({ a: 1 }), cursor(null)])(
    'the cursor %s is none of ours',
    async (bad) => {
      const code = bad === '%00' ? 'INVALID_INPUT' : 'INVALID_CURSOR';
      for (const path of ['/cases', '/staff/inbox']) {
        await expectRefused(server, code, () => server.http.get('staf', `${path}?cursor=${bad}`));
      }
    },
  );

  it('with a cursor beyond all time is refused or empty, never a fault', async () => {
    for (const at of [1e308, -1e308, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER]) {
      for (const path of ['/cases', '/staff/inbox', '/notices']) {
        const bad = cursor(path === '/notices' ? ['9'.repeat(19), randomUUID()] : [at, randomUUID()]);
        const reply = await server.http.get<ProblemBody>('staf', `${path}?cursor=${bad}`);
        if (reply.status !== 200) expectProblem(reply, 'INVALID_CURSOR');
      }
    }
  });
});

it('still answers after all that', () =>
  eventually('a view of the case', () => server.http.get('staf', `/cases/${own.id}`)));
