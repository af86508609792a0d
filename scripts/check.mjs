/**
 * npm run check: every gate, with its time. The two that need a database or a running API (golden schema; errors,
 * environment and OpenAPI against their documents) are suites, and `npm test` runs them with all others.
 */
import { spawn } from 'node:child_process';
import { ensureInstalled, requireNode, root } from './install.mjs';

requireNode();
ensureInstalled();

const GATES = [
  ['format', 'prettier', ['--check', '--log-level', 'warn', '.']],
  ['lint', 'eslint', ['--max-warnings', '0', '.']],
  ['types', 'tsc', ['-p', 'tsconfig.json', '--noEmit']],
  [
    'dependency direction',
    'depcruise',
    ['--config', '.dependency-cruiser.cjs', 'machines', 'migrations', 'src', 'scripts'],
  ],
  ['unused exports', 'knip', []],
  ['build', 'npm', ['run', '--silent', 'build']],
];
const SUITES = ['test/docs', 'test/db/schema'];

function gate([name, command, args]) {
  const begun = performance.now();
  const [program, ...rest] = command === 'npm' ? [command] : ['npx', '--no-install', command];
  const child = spawn(program, [...rest, ...args], { cwd: root, shell: process.platform === 'win32' });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  return new Promise((resolve) => {
    child.on('close', (code) => {
      const seconds = ((performance.now() - begun) / 1000).toFixed(1);
      process.stdout.write(`  ${code === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)\n`);
      if (code !== 0) process.stdout.write(`${output}\n`);
      resolve(code === 0);
    });
  });
}

/** Two at a time: more only make small machines slower. */
async function inPairs(gates) {
  const waiting = [...gates];
  const results = [];
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results.push(await gate(next));
  };
  await Promise.all([lane(), lane()]);
  return results.every(Boolean);
}

let ok = await inPairs(GATES);
if (!process.argv.includes('--gates-only')) {
  ok = (await gate(['documents and golden schema', 'node', ['test/support/run.mjs', ...SUITES]])) && ok;
}
process.exit(ok ? 0 : 1);
