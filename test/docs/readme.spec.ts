/** README.md as a newcomer uses it: its picture is the machine's, its lines work when they are pasted into a shell. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kimMemberServiceV1 as service } from '../../machines/kim-member-service.v1.service.js';
import { mermaid } from '../../src/cases/diagram.js';
import { PROJECT_ROOT } from '../../src/paths.js';
import { startApp, type TestApp } from '../support/app.js';

const page = readFileSync(join(PROJECT_ROOT, 'README.md'), 'utf8');
const [beginning = '', firstMinutes = ''] = page.split('\n## First five minutes\n');
const blocks = (text: string, language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(([, block = '']) => block);

let server: TestApp;
beforeAll(async () => {
  server = await startApp();
});
afterAll(() => server.stop());

/** Runs the blocks as one script; what each line under a `# comment` printed, by that comment. */
async function pasted(): Promise<Map<string, string>> {
  const script = blocks(firstMinutes, 'sh')
    .join('\n')
    .replaceAll('http://127.0.0.1:3000', server.http.base)
    .replaceAll('$(cat .data/demo-password)', 'demo-password')
    // A machine that tests many things at once may take longer to ring the bell.
    .replaceAll('--max-time 8', '--max-time 15')
    .replace(/^# (.*)$/gm, (_whole, comment: string) => `printf '\\n--- %s\\n' '${comment.replaceAll("'", '')}'`);
  const shell = spawn('bash', ['--norc', '-u', '-c', script]);
  let out = '';
  let err = '';
  shell.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  shell.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const code = await new Promise((resolve, reject) => {
    shell.once('error', reject);
    shell.once('close', resolve);
  });
  expect([err, code]).toEqual(['', 0]);
  return new Map(
    out
      .split('\n--- ')
      .slice(1)
      .map((part) => part.split(/\n(.*)/s) as [string, string]),
  );
}

describe('README.md', () => {
  it('shows the two commands, each in a block of its own', () => {
    expect(blocks(beginning, 'sh')).toEqual(['npm start\n', 'npm test\n']);
  });

  it('shows the picture of the machine as it is', () => {
    expect(blocks(page, 'mermaid')).toEqual([mermaid(service, null)]);
  });

  it('shows a picture that Mermaid reads', () => {
    const node = String.raw`(?:\w+|\[\*\])`;
    const line = new RegExp(
      String.raw`^(?:stateDiagram-v2|  state "[^":]+" as \w+|  ${node} --> ${node}(?: : [^:]+)?|  note right of \w+ : [^:]+|)$`,
    );
    const unread = mermaid(service, null)
      .split('\n')
      .filter((one) => !line.test(one));
    expect(unread).toEqual([]);
  });

  it('has lines for each of the three users that work as they stand', async () => {
    const printed = await pasted();
    const under = (start: string) => [...printed].find(([comment]) => comment.startsWith(start))?.[1] ?? '';
    expect(under('Read it')).toMatch(/^HTTP\/1.1 200 [\s\S]*etag: "1"[\s\S]*"state":"intake"/i);
    expect(under('Step 1 without')).toMatch(/"status":409.*"code":"PAPERS_MISSING"/);
    expect(under('Step 1 with them')).toMatch(/"state":"registration".*"no":2/);
    expect(under('Find cases')).toMatch(/"total":1,/);
    expect(under('What waits')).toBe('{"items":[],"next":null}');
    expect(under('Listen')).toMatch(/event: notice\n(?:.*\n)*data: .*"kind":"SLA_BREACH"/);
    expect(under('The same notices')).toMatch(/"kind":"SLA_BREACH".*"open":1/);
    expect(under('The board')).toMatch(/"no":8.*"lateNow":\d+.*"today":/);
    expect(under('Working minutes')).toMatch(/^month,step,login,/);
    expect(under('Who did what')).toMatch(/"event":"RECEIVE_APPLICANT".*"text":/);
    expect(under('Every hash')).toMatch(/"result":"PASS"/);
  }, 60_000);
});
