/**
 * The problem codes that each operation lists, held from the other side: what its own parameters, body and security bring with
 * them, and by hand what only some can answer. A code that can never come is a defect like one that is missing.
 */
import { ERRORS, type ErrorCode } from '../../src/errors.js';
import { startApp, type TestApp } from '../support/app.js';
import { operationsOf, type OpenApi, type Placed } from '../support/openapi.js';

/** Where only some operations can answer so. */
const SOME: Readonly<Partial<Record<ErrorCode, readonly string[]>>> = {
  UNKNOWN_SERVICE: ['POST /cases'],
  UNKNOWN_EVENT: ['POST /cases/{id}/events'],
  TOO_MANY_PAPERS: ['POST /cases/{id}/documents', 'POST /cases/{id}/events'],
  WRONG_CREDENTIALS: ['POST /auth/password', 'POST /auth/token'],
  PASSWORD_CHANGE_REQUIRED: ['POST /auth/token'],
  LOGIN_TAKEN: ['POST /admin/accounts', 'POST /admin/clients'],
  IDENTITY_TAKEN: ['POST /admin/accounts/{id}/identities'],
  NOTHING_TO_ACT_FOR: ['POST /admin/accounts/{id}/acting-orders'],
  OWN_ACCOUNT: ['POST /admin/accounts/{id}/acting-orders', 'POST /admin/accounts/{id}/grants'],
  DUTIES_APART: ['POST /admin/accounts/{id}/acting-orders', 'POST /admin/accounts/{id}/grants'],
  TOO_MANY_SECRETS: ['POST /admin/clients/{id}/secrets'],
  TOO_MANY_WEBHOOKS: ['POST /admin/webhooks'],
  WEBHOOK_EXISTS: ['PATCH /admin/webhooks/{id}', 'POST /admin/webhooks'],
  STALE_CALENDAR: ['PUT /admin/calendar', 'PUT /admin/calendar/holidays/{year}'],
  NOT_SEALED_YET: ['GET /inspection/cases/{id}/export', 'GET /inspection/cases/{id}/proof', 'GET /inspection/export'],
  HISTORY_UNREADABLE: [
    'GET /cases/{id}',
    'GET /cases/{id}/clock',
    'GET /cases/{id}/documents',
    'GET /cases/{id}/documents/{document}',
    'POST /cases/{id}/documents',
  ],
  REPORT_TOO_LARGE: ['GET /inspection/findings', 'GET /inspection/report', 'GET /reports/sla'],
  PERIOD_TOO_LARGE: ['GET /inspection/report'],
};
/** Before any operation is known. */
const NOWHERE: readonly ErrorCode[] = ['METHOD_NOT_ALLOWED', 'REQUEST_TIMEOUT', 'HEADERS_TOO_LARGE'];

let server: TestApp;
let operations: Placed[];
beforeAll(async () => {
  server = await startApp();
  operations = operationsOf((await (await fetch(`${server.http.base}/api/openapi.json`)).json()) as OpenApi);
});
afterAll(() => server.stop());

const short = ({ at }: Placed) => at.replace('/api/v1', '');

/** What an operation can answer, by how it is asked. */
function possible(operation: Placed): ErrorCode[] {
  const { method, parameters = [], security = [] } = operation;
  const parameter = (place: string, name: string) => parameters.find((one) => one.in === place && one.name === name);
  const ifMatch = parameter('header', 'If-Match');
  const isPaged = parameter('query', 'cursor') ?? parameter('header', 'Last-Event-ID');
  const own = Object.entries(SOME).flatMap(([code, at]) => (at.includes(short(operation)) ? [code as ErrorCode] : []));
  return [
    'INVALID_INPUT',
    'RATE_LIMITED',
    'INTERNAL',
    'UNAVAILABLE',
    // On-Behalf-Of and Inspect-Office go with every token: 403 and 404 come of them wherever one is needed.
    ...(security.length > 0 ? (['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'] as const) : []),
    ...(method === 'GET' ? [] : (['MALFORMED_JSON', 'TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const)),
    ...(isPaged ? (['INVALID_CURSOR'] as const) : []),
    ...(ifMatch ? (['STALE_CASE', 'TRANSITION_REFUSED'] as const) : []),
    ...(ifMatch?.required ? (['IF_MATCH_REQUIRED'] as const) : []),
    ...(parameter('header', 'Idempotency-Key') ? (['IDEMPOTENCY_MISMATCH', 'HISTORY_UNREADABLE'] as const) : []),
    // A refresh token is nobody's as well.
    ...(short(operation) === 'POST /auth/refresh' ? (['UNAUTHENTICATED'] as const) : []),
    ...own,
  ];
}

it('each operation lists what it can answer, and nothing else', () => {
  const differences = operations.flatMap((operation) => {
    const listed = operation['x-problem-codes'] ?? [];
    const can: readonly string[] = possible(operation);
    return [
      ...listed.filter((code) => !can.includes(code)).map((code) => `${short(operation)} can never answer ${code}`),
      ...can.filter((code) => !listed.includes(code)).map((code) => `${short(operation)} does not list ${code}`),
      ...(new Set(listed).size === listed.length ? [] : [`${short(operation)} lists a code twice`]),
    ];
  });
  expect(differences).toEqual([]);
});

it('each code has an operation that can answer it, and the table names only operations there are', () => {
  const listed = new Set(operations.flatMap((operation) => operation['x-problem-codes'] ?? []));
  expect(Object.keys(ERRORS).filter((code) => !listed.has(code))).toEqual(NOWHERE);
  const known = operations.map(short);
  expect(
    Object.values(SOME)
      .flat()
      .filter((at) => !known.includes(at)),
  ).toEqual([]);
});

it('each answer is that of one of its codes', () => {
  for (const operation of operations) {
    const { at, responses, 'x-problem-codes': codes = [] } = operation;
    const statuses = Object.keys(responses).filter((status) => status >= '400');
    const expected = new Set(codes.map((code) => String(ERRORS[code as ErrorCode].status)));
    expect([at, statuses.sort()]).toEqual([at, [...expected].sort()]);
  }
});
