import { startApp, type TestApp } from '../support/app.js';
import { exampleOf, PATH, type CaseBody } from '../support/http.js';

let server: TestApp;
beforeAll(async () => {
  server = await startApp();
});
afterAll(() => server.stop());

describe('the printed path', () => {
  it('runs through all eight steps by the role doors', async () => {
    let now = await server.http.open();
    expect(now.caseNo).toMatch(/^KIM-\d{4}-000001$/);
    for (const [person, door, event] of PATH) {
      const path = `/${door}/cases/${now.id}/${event.toLowerCase().replaceAll('_', '-')}`;
      const reply = await server.http.post<CaseBody>(person, path, exampleOf(event), {
        'if-match': `"${now.stepSeq}"`,
      });
      expect([event, reply.status, reply.text]).toEqual([event, 200, expect.any(String)]);
      expect(reply.headers.get('etag')).toBe(`"${reply.body.stepSeq}"`);
      now = reply.body;
    }
    expect(now).toMatchObject({ state: 'archived', closed: true, dueAt: null });
  });
});
