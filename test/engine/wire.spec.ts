/** Texts that travel side by side to the one statement stay apart, whatever people write in them. */
import type { OpeningWrite } from '../../src/engine/append.fields.js';
import { wire } from '../../src/engine/wire.js';
import { startApp, type TestApp } from '../support/app.js';
import { kimMemberServiceV1 as service } from '../../machines/kim-member-service.v1.service.js';
import { exampleOf, type CaseBody } from '../support/http.js';

/** The separator itself, what JSON makes of it, an empty text, quotes, backslashes, and characters of several bytes. */
const ODD = [
  '\u001e',
  '\u001f',
  '{\u001f}',
  '\\u001e',
  'a\u001eb\u001ec',
  '"',
  '\\',
  '\\"\\n',
  '\u2028é漢𐍈',
  '{}',
  'null',
  ' ',
] as const;

let server: TestApp;
beforeAll(async () => {
  server = await startApp({ process: 'api' });
});
afterAll(() => server.stop());

interface Item {
  readonly text: string;
  readonly data: string | null;
  /** The transaction that wrote it. */
  readonly xmin: string;
}

it('keeps each entry with its case and its remark, in one statement and alone', async () => {
  const cases = await Promise.all(
    Array.from({ length: 40 }, async (_, index) => {
      const opened = await server.http.open();
      const note = index % 4 === 3 ? undefined : `x${ODD[index % ODD.length] ?? ''}x ${index}`;
      const payload = { ...exampleOf('RECEIVE_APPLICANT'), ...(note !== undefined && { note }) };
      return { ...opened, note, payload };
    }),
  );
  const replies = await Promise.all(
    cases.map(({ id, stepSeq, payload }) => server.http.event('staf', id, stepSeq, 'RECEIVE_APPLICANT', payload)),
  );
  expect(replies.map(({ status, text }) => [status, status === 200 ? '' : text])).toEqual(cases.map(() => [200, '']));
  const transactions = new Set<string>();
  for (const { id, note } of cases) {
    const { rows } = await server.database.owner.query<Item>(
      `SELECT h.entry AS text, p.data, h.xmin::text FROM history h
       LEFT JOIN case_payloads p ON p.office_id = h.office_id AND p.case_id = h.case_id AND p.seq = h.seq
       WHERE h.case_id = $1 AND h.seq = 2`,
      [id],
    );
    const [item] = rows;
    transactions.add(item?.xmin ?? '');
    expect((JSON.parse(item?.text ?? '{}') as { case?: string }).case).toBe(id);
    expect(item?.data == null ? undefined : JSON.parse(item.data)).toEqual(note === undefined ? undefined : { note });
  }
  // One by one they would be right as well: a statement that fails is tried again for each.
  expect(transactions.size).toBeLessThan(cases.length);
});

it('keeps each new case with its applicant, whatever the name', async () => {
  const names = ODD.map((odd, index) => `x${odd}x ${index}`);
  const replies = await Promise.all(
    names.map((name) =>
      server.http.post<CaseBody>('staf', '/cases', {
        service: service.id,
        applicant: { ...service.applicantExample, name },
      }),
    ),
  );
  expect(replies.map(({ status }) => status)).toEqual(names.map(() => 201));
  for (const [index, { body }] of replies.entries()) {
    const { rows } = await server.database.owner.query<{ data: string; search: string; case_no: string }>(
      'SELECT a.data, a.search, c.case_no FROM case_applicants a JOIN cases c ON c.id = a.case_id WHERE a.case_id = $1',
      [body.id],
    );
    const [found] = rows;
    expect((JSON.parse(found?.data ?? '{}') as { name?: string }).name).toBe(names[index]);
    expect(found?.search).toContain(names[index]?.toLowerCase());
    expect(found?.case_no).toBe(body.caseNo);
  }
});

it.each(['\u001e', '\u001f'])('refuses a value that would put others out of step: %j', (apart) => {
  const item = (key: string) =>
    ({
      write: {
        earlier: [],
        notices: [],
        number: null,
        payload: null,
        request: { key, hashHex: '' },
        last: { text: '{}' },
        change: { snapshot: '{}' },
      },
      opening: null,
      newcomers: [],
    }) as unknown as OpeningWrite;
  expect(wire([item('key'), item('other')])[0]?.split('\u001e')).toHaveLength(2);
  expect(() => wire([item('key'), item(`k${apart}ey`)])).toThrow('control character');
});
