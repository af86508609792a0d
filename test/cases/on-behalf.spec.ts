/** On-Behalf-Of: a client application carries out an officer's act; history keeps both, and what it reads is recorded. */
import { startApp, type TestApp } from '../support/app.js';
import { accountId, exampleOf, PATH, type CaseBody } from '../support/http.js';
import { expectRefused } from '../support/refused.js';

interface Entry {
  readonly event: string;
  readonly actor: { readonly login: string; readonly role: string; readonly client: string | null } | null;
}

let server: TestApp;
beforeAll(async () => {
  server = await startApp({ process: 'api' });
  await server.database.setNow('2026-11-22T03:00:00Z');
});
afterAll(() => server.stop());

const behalf = (person: string) => ({ 'on-behalf-of': person });
const entriesOf = async (id: string) =>
  (await server.http.get<{ entries: Entry[] }>('inspektur', `/inspection/cases/${id}/history`)).body.entries;
const readsOf = async (id: string) => {
  const text = 'SELECT account_id AS "accountId" FROM personal_reads WHERE case_id = $1';
  return (await server.database.owner.query<{ accountId: string }>(text, [id])).rows.map((row) => row.accountId);
};

describe('a client', () => {
  it('carries a case through all steps for the right officers; history names both', async () => {
    const opened = await server.http.post<CaseBody>(
      'demo-client',
      '/cases',
      { service: 'kim-member-service', applicant: { name: 'Nama', kim: 'KIM', village: 'Desa', purpose: 'Berita' } },
      behalf('staf'),
    );
    expect(opened.status).toBe(201);
    let now = opened.body;
    for (const [person, , event] of PATH) {
      const reply = await server.http.event(
        'demo-client',
        now.id,
        now.stepSeq,
        event,
        exampleOf(event),
        behalf(person),
      );
      expect([event, reply.status]).toEqual([event, 200]);
      now = reply.body;
    }
    expect(now.state).toBe('archived');
    const entries = await entriesOf(now.id);
    expect(entries.map(({ actor }) => actor?.login)).toEqual(['staf', ...PATH.map(([person]) => person)]);
    expect(entries.map(({ actor }) => actor?.client)).toEqual(Array(10).fill(accountId('demo-client')));
  });

  it('opens a case in its own name, and may do nothing else to it', async () => {
    const body = {
      service: 'kim-member-service',
      applicant: { name: 'Nama', kim: 'KIM', village: 'Desa', purpose: 'Berita' },
    };
    const { status, body: opened } = await server.http.post<CaseBody>('demo-client', '/cases', body);
    expect(status).toBe(201);
    expect((await entriesOf(opened.id))[0]?.actor).toMatchObject({
      login: 'demo-client',
      role: 'client',
      client: null,
    });
    await expectRefused(server, 'FORBIDDEN', () => server.http.event('demo-client', opened.id, 1, 'RECEIVE_APPLICANT'));
  });

  it('gets no more than the officer: their roles, their refusals, their named cases', async () => {
    const now = await server.http.open();
    const ask = (event: string, who: string) => () =>
      server.http.event('demo-client', now.id, now.stepSeq, event, exampleOf(event), behalf(who));
    await expectRefused(server, 'FORBIDDEN', ask('RECEIVE_APPLICANT', 'kadin'));
    await expectRefused(server, 'FORBIDDEN', ask('RECEIVE_APPLICANT', 'inspektur'));
    await expectRefused(server, 'FORBIDDEN', ask('CANCEL', 'staf'));
    await expectRefused(server, 'TRANSITION_REFUSED', ask('COMPLETE_SERVICE', 'staf'));
  });

  it.each(['staf.kilat', 'nobody', '', 'demo-client', 'STAF', 'staf ', "staf' OR 1=1--"])(
    'for %j, who is no officer of its office, gets the same 404',
    async (who) => {
      const now = await server.http.open();
      const ask = () =>
        server.http.event('demo-client', now.id, now.stepSeq, 'CANCEL', exampleOf('CANCEL'), behalf(who));
      // Header values lose their outer blanks on the way: "staf " is staf, who may not cancel.
      await expectRefused(server, who === 'staf ' ? 'FORBIDDEN' : 'NOT_FOUND', ask);
    },
  );

  it('for an officer who has left gets a 404', async () => {
    const now = await server.http.open();
    await server.database.owner.query(
      `INSERT INTO accounts (office_id, id, login, name, kind, password_hash, disabled_at)
       SELECT office_id, gen_random_uuid(), 'pensiun', 'Sudah Pensiun', 'officer', '-', alur_now()
       FROM accounts WHERE login = 'kasi'`,
    );
    await expectRefused(server, 'NOT_FOUND', () =>
      server.http.event('demo-client', now.id, now.stepSeq, 'CANCEL', exampleOf('CANCEL'), behalf('pensiun')),
    );
  });

  it('of another office sees nothing here, in anybody’s name', async () => {
    const now = await server.http.open();
    const other = server.http.inOffice(2);
    await expectRefused(server, 'NOT_FOUND', () => other.get('demo-client', `/cases/${now.id}`));
    await expectRefused(server, 'NOT_FOUND', () => other.get('demo-client', `/cases/${now.id}`, behalf('staf.kilat')));
    await expectRefused(server, 'NOT_FOUND', () => other.get('demo-client', `/cases/${now.id}`, behalf('staf')));
  });
});

it('is for clients only: an officer who sends it is refused', async () => {
  const now = await server.http.open();
  for (const person of ['staf', 'kadin', 'kasi', 'inspektur', 'admin'] as const) {
    await expectRefused(server, 'FORBIDDEN', () => server.http.get(person, `/cases/${now.id}`, behalf('staf')));
  }
});

describe('an idempotency key', () => {
  it('belongs to the officer acted for: repeated by the client it gets the same bytes', async () => {
    const now = await server.http.open();
    const headers = { ...behalf('staf'), 'idempotency-key': 'client-key-1' };
    const ask = () =>
      server.http.event(
        'demo-client',
        now.id,
        now.stepSeq,
        'RECEIVE_APPLICANT',
        exampleOf('RECEIVE_APPLICANT'),
        headers,
      );
    const [first, again] = [await ask(), await ask()];
    expect([first.status, again.status, again.text]).toEqual([200, 200, first.text]);
  });
});

describe('personal data', () => {
  it('read by a client is recorded under the client, each time, also in an officer’s name', async () => {
    const now = await server.http.open();
    const own = await server.http.get<{ applicant: object | null }>('demo-client', `/cases/${now.id}`);
    expect(own.body.applicant).not.toBeNull();
    await server.http.get('demo-client', `/cases/${now.id}`, behalf('kadin'));
    expect(await readsOf(now.id)).toEqual([accountId('demo-client'), accountId('demo-client')]);
  });

  it('in remarks of the history, read by a client in an officer’s name, is recorded; a history without them is not', async () => {
    const now = await server.http.driveTo('dispositionRecording');
    const path = `/cases/${now.id}/history`;
    const behalfOf = await server.http.get('demo-client', path, behalf('kasi'));
    expect(behalfOf.text).toContain('Mohon ditindaklanjuti');
    expect(await readsOf(now.id)).toEqual([accountId('demo-client')]);
    expect((await server.http.get('demo-client', path)).text).not.toContain('Mohon ditindaklanjuti');
    expect((await server.http.get('kasi', path)).text).toContain('Mohon ditindaklanjuti');
    expect(await readsOf(now.id)).toHaveLength(1);
  });

  it('read by the office’s own officers is not recorded', async () => {
    const now = await server.http.open();
    for (const person of ['staf', 'kadin', 'sekdin', 'kabid', 'kasi'] as const) {
      const { body } = await server.http.get<{ applicant: object | null }>(person, `/cases/${now.id}`);
      expect([person, body.applicant]).toEqual([person, expect.objectContaining({ name: 'Nama Pemohon' })]);
    }
    expect(await readsOf(now.id)).toEqual([]);
  });

  it('is not shown to an inspector: no applicant, no remarks, no letter text', async () => {
    const now = await server.http.driveTo('dispositionRecording');
    const paths = [`/cases/${now.id}`, `/cases/${now.id}/history`, `/inspection/cases/${now.id}/history`, '/cases'];
    const secrets = [
      'Nama Pemohon',
      'KIM Contoh Makmur',
      'Desa Contoh',
      '0800-0000-0000',
      'Mohon ditindaklanjuti',
      'Permohonan publikasi',
    ];
    for (const path of paths) {
      const { status, text } = await server.http.get('inspektur', path);
      expect([path, status]).toEqual([path, 200]);
      for (const secret of secrets) expect([path, secret, text.includes(secret)]).toEqual([path, secret, false]);
    }
    const officer = await server.http.get('kasi', `/cases/${now.id}/history`);
    expect(officer.text).toContain('Mohon ditindaklanjuti');
  });
});
