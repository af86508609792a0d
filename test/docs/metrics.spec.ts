/** Whoever watches Alur finds every metric of its own in docs/operations.md, with its meaning and when to worry. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../src/paths.js';
import { startApp, type TestApp } from '../support/app.js';

let server: TestApp;
beforeAll(async () => {
  server = await startApp();
});
afterAll(() => server.stop());

it('docs/operations.md has every metric in its table, and no others', async () => {
  const page = readFileSync(join(PROJECT_ROOT, 'docs/operations.md'), 'utf8');
  const [, watch = ''] = page.split('\n## What to watch\n');
  const rows = [...watch.matchAll(/^\| `(alur_\w+)`\s*\| (.+?)\s*\| (.+?)\s*\|$/gm)];
  const shown = await (await fetch(`${server.http.base}/metrics`)).text();
  const metrics = [...shown.matchAll(/^# TYPE (alur_\w+) /gm)].map(([, name]) => name);
  expect(rows.map(([, name]) => name).sort()).toEqual(metrics.sort());
});
