/** Addresses: unknown things, things of another office, wrong methods, odd query strings. Generated from the OpenAPI document. */
import { randomUUID } from 'node:crypto';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import type { CaseBody, ProblemBody } from '../support/http.js';
import { expectProblem, expectRefused } from '../support/refused.js';
import { ask, documentedRoutes, type Route } from '../support/routes.js';

let server: TestApp;
let routes: Route[];
let own: CaseBody;
let foreign: CaseBody;
let foreignNotice: string;
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
  foreign = await server.http.inOffice(2).driveTo('dispositionRecording');
  const copies = await server.http.inOffice(2).get<{ items: { id: string }[] }>('sekdin', '/notices');
  foreignNotice = copies.body.items[0]!.id;
});
afterAll(() => server.stop());

const withId = () => routes.filter(({ path }) => path.includes('{id}'));
const without = ({ requestId: _requestId, ...rest }: ProblemBody & { requestId?: string }) => rest;

describe('an id', () => {
  it('is taken by every route below a case and a notice', () => {
    expect(withId().length).toBeGreaterThanOrEqual(30);
  });

  it('that is unknown, of another office, or malformed gets the same 404 on every route', async () => {
    const document = '0'.repeat(64);
    for (const route of withId()) {
      const theirs = route.path.startsWith('/notices') ? foreignNotice : foreign.id;
      const answers: object[] = [];
      for (const id of [randomUUID(), theirs, 'not-a-uuid', `${own.id}x`, '__proto__', 'x'.repeat(250)]) {
        answers.push(
          without(await expectRefused(server, 'NOT_FOUND', () => ask(server.http, route, { id, document }))),
        );
      }
      for (const one of answers) expect([route.path, one]).toEqual([route.path, answers[0]]);
    }
  });

  it('of one’s own case is not among them', async () => {
    for (const route of withId().filter(({ path }) => !path.startsWith('/notices') && !path.includes('{document}'))) {
      const { status } = await ask(server.http, route, { id: (await server.http.open()).id });
      expect([route.method, route.path, status]).not.toEqual([route.method, route.path, 404]);
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
      server.http.get('staf', `/services/kim-member-service/diagram?case=${foreign.id}`),
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
