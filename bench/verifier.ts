/**
 * node dist/bench/verifier.js [entries]: how long verify-history.mjs takes for an export of everything, and how much memory;
 * exit code 1 where that is over the limits, or where it finds fault. Entries are as long as real ones; nine of a case, a checkpoint every thousand.
 */
import { spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leafHash } from '../src/engine/chain.js';
import { Growth, type FullTile } from '../src/evidence/growth.js';
import { checkpointText, signNote, verifierKeyOf } from '../src/evidence/note.js';
import { rootOf, TILE } from '../src/evidence/tree.js';
import { checkpointLine, endLine, entryLine, headerLine, headLine } from '../src/inspection/export.lines.js';
import { PROJECT_ROOT } from '../src/paths.js';

const ENTRIES = Number(process.argv[2] ?? 1_000_000);
const LIMIT = { seconds: 30, megabytes: 512 };
const OFFICE = '00000000-0000-4000-8000-000000000001';
const NAME = 'bench.example/log';
const OPEN_CASES = 1000;

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const key = verifierKeyOf(NAME, publicKey);
const filler = 'x'.repeat(560);

interface Open {
  readonly id: string;
  seq: number;
  prev: string;
}

/** The same texts each time it is asked. */
function* texts(): Generator<string> {
  const open: Open[] = [];
  for (let n = 0; n < ENTRIES; n++) {
    let one = open[n % OPEN_CASES];
    if (!one || one.seq === 9) {
      const id = `00000000-0000-4000-9000-${String(n).padStart(12, '0')}`;
      one = { id, seq: 0, prev: '0'.repeat(64) };
      open[n % OPEN_CASES] = one;
    }
    const { id, seq, prev } = one;
    const at = new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString();
    const text = JSON.stringify({
      v: 1,
      office: OFFICE,
      case: id,
      seq: seq + 1,
      prev,
      at,
      event: 'BENCH',
      facts: { filler },
    });
    yield text;
    one.seq += 1;
    one.prev = leafHash(text);
  }
}

/** Checkpoints by size. */
function signAll(): Map<number, string> {
  const growth = new Growth(0, []);
  const full = new Map<string, FullTile>();
  const last: Buffer[] = [];
  const notes = new Map<number, string>();
  const tile = ({ level, no }: { level: number; no: number }): Buffer => {
    const whole = full.get(`${level}/${no}`);
    if (whole) return whole.hashes;
    if (level === 0) return Buffer.concat(last);
    const roots: Buffer[] = [];
    for (let below = no * TILE; full.has(`${level - 1}/${below}`); below++) {
      roots.push((full.get(`${level - 1}/${below}`) as FullTile).root);
    }
    return Buffer.concat(roots);
  };
  for (const text of texts()) {
    const leaf = Buffer.from(leafHash(text), 'hex');
    if (growth.size % TILE === 0) last.length = 0;
    last.push(leaf);
    for (const one of growth.add(leaf)) full.set(`${one.level}/${one.no}`, one);
    const { size } = growth;
    if (size % 1000 !== 0 && size !== ENTRIES) continue;
    notes.set(size, signNote(checkpointText(NAME, { size, root: rootOf(tile, size) }), privateKey, key));
  }
  return notes;
}

async function write(file: string): Promise<void> {
  const notes = signAll();
  const stream = createWriteStream(file);
  stream.write(headerLine(OFFICE, { kind: 'all' }) + headLine(notes.get(ENTRIES) ?? '', []));
  let index = 0;
  for (const text of texts()) {
    const line = entryLine({ index, leaf: leafHash(text), own: true, entry: text }, null);
    index += 1;
    const note = index < ENTRIES ? notes.get(index) : undefined;
    if (!stream.write(line + (note === undefined ? '' : checkpointLine(note)))) await once(stream, 'drain');
  }
  stream.end(endLine(ENTRIES));
  await once(stream, 'finish');
}

function measure(file: string): void {
  const module = JSON.stringify(join(PROJECT_ROOT, 'verify-history.mjs'));
  const program = `import { verifyFile, parseKey } from ${module};
const begun = performance.now();
const said = await verifyFile(${JSON.stringify(file)}, { keys: [parseKey(${JSON.stringify(key.text)})] });
console.log(JSON.stringify({ said, seconds: (performance.now() - begun) / 1000, cpu: process.cpuUsage().user / 1e6, maxRss: process.resourceUsage().maxRSS / 1024 }));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  if (!stdout) throw new Error(stderr);
  const { said, seconds, cpu, maxRss } = JSON.parse(stdout) as Record<'seconds' | 'cpu' | 'maxRss', number> & {
    said: string;
  };
  const gigabytes = (statSync(file).size / 1e9).toFixed(2);
  process.stdout.write(
    `${said}\n${ENTRIES} entries, ${gigabytes} GB: ${seconds.toFixed(1)} s (limit ${LIMIT.seconds}; ${cpu.toFixed(1)} s of a core), `,
  );
  process.stdout.write(`${Math.round(maxRss)} MB at most (limit ${LIMIT.megabytes})\n`);
  const within = seconds <= LIMIT.seconds && maxRss <= LIMIT.megabytes;
  if (!within || !said.startsWith('PASS')) process.exitCode = 1;
}

const folder = mkdtempSync(join(tmpdir(), 'alur-verifier-'));
try {
  await write(join(folder, 'export.ndjson'));
  measure(join(folder, 'export.ndjson'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
