/** Installs and builds what is missing. Plain JavaScript on purpose: it runs before anything is installed. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const windows = process.platform === 'win32';

/** One clear line where Node is too old to run us. */
export function requireNode() {
  const wanted = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).engines.node.replace('>=', '');
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [wantedMajor, wantedMinor] = wanted.split('.').map(Number);
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  process.stderr.write(`alur: Node ${wanted} or newer is needed, this is ${process.versions.node}.\n`);
  process.exit(1);
}

export function run(command, args, options = {}) {
  const done = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: windows, ...options });
  return done.status ?? 1;
}

/** Beside the output, which may go down a pipe. */
function say(line) {
  process.stderr.write(`  ${line}\n`);
}

function newestChange(path) {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(path).map((name) => newestChange(join(path, name))));
}

/** Packages as the lock file has them. Install scripts run only for packages that package.json allows by name. */
export function ensureInstalled() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  const lock = join(root, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  say('installing packages (npm ci)');
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  if (run('npm', ['ci', '--ignore-scripts', ...quiet]) !== 0) {
    process.stderr.write('alur: npm ci failed; see above.\n');
    process.exit(1);
  }
  const { allowScripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const allowed = Object.keys(allowScripts).filter(
    (name) => allowScripts[name] && existsSync(join(root, 'node_modules', name)),
  );
  if (allowed.length > 0) run('npm', ['rebuild', ...allowed, ...quiet], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Builds when a source is newer than what was built. */
export function ensureBuilt() {
  // The last thing a build writes (bundle.mjs).
  const built = join(root, 'dist', 'built');
  const sources = [
    'machines',
    'migrations',
    'src',
    'scripts',
    'bench',
    'drills',
    'tsconfig.json',
    'tsconfig.build.json',
  ];
  const newest = Math.max(...sources.map((name) => newestChange(join(root, name))));
  if (existsSync(built) && statSync(built).mtimeMs >= newest) return;
  say('building');
  if (run('npm', ['run', '--silent', 'build']) !== 0) {
    process.stderr.write('alur: the build failed; see above.\n');
    process.exit(1);
  }
}
