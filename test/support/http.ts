/** Requests as the demo people, over real HTTP. Tokens are issued directly: signing in has tests of its own. */
import { setTimeout } from 'node:timers/promises';
import { kimMemberServiceV1 as service } from '../../machines/kim-member-service.v1.service.js';
import type { Role } from '../../machines/contract.js';
import type { Tokens } from '../../src/access/tokens.js';
import { demoId } from '../../src/db/seed-demo.js';
import { ask } from './ask.js';
import { flawOf } from './judge.js';

export type Person = 'staf' | 'kadin' | 'sekdin' | 'kabid' | 'kasi' | 'inspektur' | 'admin' | 'demo-client';
const ORDER: readonly Person[] = ['staf', 'kadin', 'sekdin', 'kabid', 'kasi', 'inspektur', 'admin', 'demo-client'];

/** Who holds each role in the demo office. */
export const HOLDERS: Readonly<Record<Role, Person>> = {
  staff: 'staf',
  kadin: 'kadin',
  sekdin: 'sekdin',
  kabid: 'kabid',
  kasi: 'kasi',
  inspector: 'inspektur',
  admin: 'admin',
  client: 'demo-client',
};

export interface Reply<Body = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Body;
}

export interface CaseBody {
  readonly id: string;
  readonly caseNo: string;
  readonly state: string;
  readonly closed: boolean;
  readonly stepSeq: number;
  readonly visit: number;
  readonly dueAt: string | null;
  readonly allowed: { event: string; needs: { code: string }[] }[];
  readonly blocked: { event: string; blockers: { code: string }[] }[];
  readonly receipt: { seq: number; hash: string };
  readonly last: {
    readonly event: string;
    readonly at: string;
    readonly usedMinutes: number;
    readonly verdict: string | null;
    readonly number: { readonly name: string; readonly year: number; readonly value: string } | null;
  };
  readonly clock?: { running: boolean; usedMinutes: number; remainingSeconds: number; late: boolean };
}

export interface ProblemBody {
  readonly code: string;
  readonly detail: string;
  readonly blockers?: { code: string; params: Record<string, unknown> }[];
  readonly allowed?: { event: string }[];
  readonly issues?: { path: string; message: string }[];
  readonly params?: Record<string, unknown>;
}

/** Account id of a demo person; office 2 is the one whose minute lasts a second. */
export function accountId(person: Person, office: 1 | 2 = 1): string {
  return demoId(office, 1, ORDER.indexOf(person) + 1);
}

/** Who carries out each event of the printed path, and through which role's doors. */
export const PATH: readonly (readonly [person: Person, door: string, event: string])[] = [
  ['staf', 'staff', 'RECEIVE_APPLICANT'],
  ['staf', 'staff', 'REGISTER_LETTER'],
  ['kadin', 'kadin', 'ISSUE_DISPOSITION'],
  ['staf', 'staff', 'RECORD_DISPOSITION'],
  ['staf', 'staff', 'DELIVER_DISPOSITION'],
  ['kabid', 'sekdin-kabid', 'FOLLOW_UP_DISPOSITION'],
  ['staf', 'staff', 'COMPLETE_SERVICE'],
  ['staf', 'staff', 'FILE_DOCUMENTS'],
  ['kasi', 'kasi', 'CONFIRM_ARCHIVE'],
];

/** The state in which each event of the path is due. */
export const PATH_STATES = [
  'intake',
  'registration',
  'headDisposition',
  'dispositionRecording',
  'dispositionDelivery',
  'followUp',
  'serviceDelivery',
  'archiving.filing',
  'archiving.confirming',
];

export function exampleOf(event: string): object {
  return service.events[event]?.example ?? {};
}

/** How long a busy machine may take until it serves what a test only sets up. */
const PATIENCE_MS = 60_000;

/** An answer of ours that the OpenAPI document does not allow. */
export class OffContract extends Error {}

export class Http {
  private readonly issued = new Map<string, string>();

  constructor(
    readonly base: string,
    private readonly tokens: Tokens,
    private readonly office: 1 | 2 = 1,
  ) {}

  /** The same server, asked by people of the other demo office. */
  inOffice(office: 1 | 2): Http {
    return new Http(this.base, this.tokens, office);
  }

  get<Body = Record<string, unknown>>(person: Person, path: string, headers: Record<string, string> = {}) {
    return this.send<Body>(person, 'GET', path, null, headers);
  }

  post<Body = Record<string, unknown>>(
    person: Person,
    path: string,
    body: unknown,
    headers: Record<string, string> = {},
  ) {
    return this.send<Body>(person, 'POST', path, JSON.stringify(body), {
      'content-type': 'application/json',
      ...headers,
    });
  }

  /** Opens a case as the staff; fails loudly where that does not work. */
  async open(headers: Record<string, string> = {}): Promise<CaseBody> {
    const body = { service: service.id, applicant: service.applicantExample };
    const reply = await patiently(() => this.post<CaseBody>('staf', '/cases', body, headers));
    if (reply.status !== 201) throw new Error(`open gave ${reply.status}: ${reply.text}`);
    return reply.body;
  }

  /** Sends an event through the generic door. */
  event<Body = CaseBody & ProblemBody>(
    person: Person,
    id: string,
    stepSeq: number | null,
    type: string,
    payload: object = exampleOf(type),
    headers: Record<string, string> = {},
  ) {
    const ifMatch: Record<string, string> = stepSeq === null ? {} : { 'if-match': `"${stepSeq}"` };
    return this.post<Body>(person, `/cases/${id}/events`, { type, payload }, { ...ifMatch, ...headers });
  }

  /** Goes along the printed path until the case is in `state` (or archived). */
  async driveTo(state: string, from?: CaseBody): Promise<CaseBody> {
    let now = from ?? (await this.open());
    for (;;) {
      const [person, , event] = PATH[PATH_STATES.indexOf(now.state)] ?? [];
      if (now.state === state || !person || !event) return now;
      const { id, stepSeq } = now;
      const reply = await patiently(() => this.event(person, id, stepSeq, event));
      if (reply.status !== 200) throw new Error(`${event} gave ${reply.status}: ${reply.text}`);
      now = reply.body;
    }
  }

  async token(person: Person): Promise<string> {
    const known = this.issued.get(person);
    if (known) return known;
    const id = accountId(person, this.office);
    // Each has a sign-in of its own id in the template (scripts/prepare-template.ts).
    const token = await this.tokens.issue(id, id);
    this.issued.set(person, token);
    return token;
  }

  /** Every answer is held to the OpenAPI document. */
  async send<Body>(
    person: Person,
    method: string,
    path: string,
    body: RequestInit['body'],
    headers: Record<string, string> = {},
  ): Promise<Reply<Body>> {
    const given = { authorization: `Bearer ${await this.token(person)}`, ...headers };
    const response = await asked(`${this.base}/api/v1${path}`, method, given, body);
    const { text } = response;
    const type = response.headers.get('content-type') ?? '';
    const flaw = await flawOf(this.base, method, `/api/v1${path}`, { status: response.status, type, text });
    if (flaw !== null) throw new OffContract(`${method} ${path}: ${flaw}: ${text.slice(0, 1000)}`);
    const json = text !== '' && /[/+]json/.test(type);
    return { status: response.status, headers: response.headers, text, body: (json ? JSON.parse(text) : {}) as Body };
  }
}

/** Forms and bytes go by `fetch`, which knows how to write them. */
async function asked(url: string, method: string, headers: Record<string, string>, body: RequestInit['body']) {
  if (body === null || body === undefined || typeof body === 'string') return ask(url, method, headers, body ?? null);
  const response = await fetch(url, { method, headers, body });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Setting up is no test of how fast a connection comes: as the 503 asks (nothing was written), it is tried again. */
async function patiently<Body>(ask: () => Promise<Reply<Body>>): Promise<Reply<Body>> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const reply = await ask();
    if (reply.status !== 503 || performance.now() > until) return reply;
    await setTimeout(Number(reply.headers.get('retry-after') ?? 1) * 1000);
  }
}
