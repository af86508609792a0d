/** Things of the second demo office, one of each kind that a path can name, and who there may ask for it. */
import { randomUUID } from 'node:crypto';
import type { TestApp } from './app.js';
import { accountId, type CaseBody, type Http, type Person } from './http.js';

/** Values of a path's parameters. */
export type Values = Readonly<Record<string, string>>;

export interface Foreign {
  /** Of the other office, by what its routes call it. */
  readonly things: Readonly<Record<Kind, Values>>;
  readonly openCase: CaseBody;
}

export type Kind =
  | 'case'
  | 'paper'
  | 'notice'
  | 'account'
  | 'identity'
  | 'client'
  | 'secret'
  | 'grant'
  | 'mandate'
  | 'webhook'
  | 'delivery';

/** Whose it is, where that is not whom the route is for. */
export const OWNERS: Readonly<Partial<Record<Kind, Person>>> = { notice: 'sekdin' };

const SUBJECT = { issuer: 'https://sso.example', subject: 'kasi-kilat' };

export async function makeForeign(server: TestApp): Promise<Foreign> {
  const http = server.http.inOffice(2);
  const openCase = await http.driveTo('dispositionRecording');
  const notices = await http.get<{ items: { id: string }[] }>('sekdin', '/notices');
  const client = accountId('demo-client', 2);
  const webhook = await made(http, '/admin/webhooks', { label: 'Uji', url: 'https://hooks.example.go.id/alur' });
  const mandate = {
    accountId: accountId('inspektur', 1),
    letterNumber: '700/41/ST/2026',
    until: '2027-03-01T00:00:00+07:00',
  };
  return {
    openCase,
    things: {
      case: { id: openCase.id },
      paper: { id: openCase.id, document: await upload(http, openCase.id) },
      notice: { id: notices.body.items[0]!.id },
      account: { id: accountId('kasi', 2) },
      identity: { id: accountId('kasi', 2), identity: await identityOf(http, accountId('kasi', 2)) },
      client: { id: client },
      secret: { id: client, secret: await made(http, `/admin/clients/${client}/secrets`, { days: 1 }) },
      grant: { id: await made(http, `/admin/accounts/${accountId('kasi', 2)}/grants`, { role: 'staff' }) },
      mandate: { id: await made(http, '/admin/inspection-mandates', mandate) },
      webhook: { id: webhook },
      delivery: { id: await parkedDelivery(server) },
    },
  };
}

async function made(http: Http, path: string, body: object): Promise<string> {
  const reply = await http.post<{ id: string }>('admin', path, body);
  if (reply.status !== 201) throw new Error(`${path} gave ${reply.status}: ${reply.text}`);
  return reply.body.id;
}

/** What is made answers with the account's id; its own is in the list. */
async function identityOf(http: Http, account: string): Promise<string> {
  const path = `/admin/accounts/${account}/identities`;
  await made(http, path, SUBJECT);
  const { body } = await http.get<{ items: { id: string }[] }>('admin', path);
  return body.items[0]!.id;
}

export async function upload(http: Http, caseId: string): Promise<string> {
  const form = new FormData();
  form.set('kind', 'NEWS_PRINTOUT');
  form.set('file', new Blob([`%PDF-1.7\n%${randomUUID()}\n%%EOF\n`]), 'scan.pdf');
  const reply = await http.send('staf', 'POST', `/cases/${caseId}/documents`, form);
  if (reply.status !== 201) throw new Error(`the upload gave ${reply.status}: ${reply.text}`);
  const { body } = await http.get<{ items: { documentId: string | null }[] }>('staf', `/cases/${caseId}/documents`);
  return body.items.find(({ documentId }) => documentId !== null)!.documentId!;
}

/** Parked, so that nobody tries to send it while rows are counted. */
async function parkedDelivery(server: TestApp): Promise<string> {
  const { rows } = await server.database.owner.query<{ id: string }>(
    `INSERT INTO deliveries (office_id, id, channel, endpoint_id, lane, status, created_at, due_at)
     SELECT office_id, gen_random_uuid(), 'webhook', id, id, 'parked', alur_now(), alur_now() FROM webhook_endpoints
     RETURNING id`,
  );
  return rows[0]!.id;
}
