#!/usr/bin/env node
/**
 * Checks an exported history without trusting whoever exported it. Needs Node 20.19 or newer and nothing else: no network,
 * no database, no other file of this project. docs/verify.md says how to use it.
 *
 *   node verify-history.mjs EXPORT.ndjson --key KEY [--checkpoint FILE]... [--receipt HASH]... [--one-office]
 *
 * Prints PASS and, below it, what was not proved; or FAIL with the first bad index and the reason. Exit code: 0 PASS,
 * 1 FAIL, 2 it could not be checked. `--one-office`: the log is of one office, so that every line must have its text.
 * Written from the published formats (RFC 6962, C2SP signed-note and tlog-checkpoint), not from the program it checks.
 */
import { Buffer } from 'node:buffer';
import { createPublicKey, hash, verify } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TextDecoder } from 'node:util';

const FORMAT = 'history-export/1';
const GENESIS = '0'.repeat(64);
const NO_OFFICE = '00000000-0000-0000-0000-000000000000';
const MAX_LINE = 8 * 1024 * 1024;
const HEX = /^[0-9a-f]{64}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Something that does not hold. `index` is the entry's place in the log, where it has one. */
export class Bad extends Error {
  constructor(reason, index = null) {
    super(index === null ? reason : `index ${index}: ${reason}`);
    this.index = index;
    this.reason = reason;
  }
}

/** Nothing was found to be bad; the question could not be put. */
export class Usage extends Error {}

/** A regular expression makes a text of anything; here only a text is one. */
const isHash = (value) => typeof value === 'string' && HEX.test(value);
const isInstant = (value) => typeof value === 'string' && INSTANT.test(value);

const leafHash = (text) => hash('sha256', `\0${text}`, 'hex');

const pair = Buffer.alloc(65, 1);
function nodeHash(left, right) {
  // A short one would leave behind what was there before.
  if (left.copy(pair, 1) !== 32 || right.copy(pair, 33) !== 32) throw new Bad('a hash is no hash');
  return hash('sha256', pair, 'buffer');
}

/** The tree as it grows: roots of full subtrees, largest first. */
class Tree {
  size = 0;
  peaks = [];

  add(leaf) {
    let node = leaf;
    for (let n = this.size; n % 2 === 1; n = (n - 1) / 2) node = nodeHash(this.peaks.pop(), node);
    this.peaks.push(node);
    this.size += 1;
  }

  root() {
    if (this.size === 0) return hash('sha256', '', 'buffer');
    return this.peaks.reduceRight((right, left) => nodeHash(left, right));
  }
}

/** RFC 9162 2.1.3.2: the root that a proof leads to; null where it has the wrong length. */
function rootByProof(leaf, index, size, proof) {
  let [fn, sn, node] = [index, size - 1, leaf];
  for (const step of proof) {
    if (sn === 0) return null;
    if (fn % 2 === 1 || fn === sn) {
      node = nodeHash(step, node);
      while (fn !== 0 && fn % 2 === 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)];
    } else node = nodeHash(node, step);
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 ? node : null;
}

/** `name+id+base64`, as C2SP writes a verifier key. */
export function parseKey(text) {
  const [, name, id, base64] = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(text.trim()) ?? [];
  const typed = Buffer.from(base64 ?? '', 'base64');
  if (typed.length !== 33 || typed[0] !== 1) throw new Usage(`this is no key: ${text.trim().slice(0, 80)}`);
  const expected = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), typed]), 'hex').slice(0, 8);
  if (id !== expected) throw new Usage('the key does not fit its own id: it was not copied whole');
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), typed.subarray(1)]);
  return { name, id, text: text.trim(), publicKey: createPublicKey({ key: der, format: 'der', type: 'spki' }) };
}

/** Text of a note that one of `keys` has signed; null where none has. Strict: one signature, in its one spelling. */
function openNote(note, keys) {
  const end = note.indexOf('\n\n');
  if (end < 0) return null;
  const text = note.slice(0, end + 1);
  const [, name, base64] = /^\u2014 (\S+) ([A-Za-z0-9+/]+=*)\n$/.exec(note.slice(end + 2)) ?? [];
  const bytes = Buffer.from(base64 ?? '', 'base64');
  if (bytes.length !== 68 || bytes.toString('base64') !== base64) return null;
  const id = bytes.subarray(0, 4).toString('hex');
  const key = keys.find((one) => one.name === name && one.id === id);
  return key && verify(null, Buffer.from(text), key.publicKey, bytes.subarray(4)) ? { text, key } : null;
}

/** Size and root under a signed checkpoint; null where it is none. */
export function openCheckpoint(note, keys) {
  const opened = openNote(note, keys);
  const [, origin, size, root] = /^(\S+)\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\n$/.exec(opened?.text ?? '') ?? [];
  if (origin === undefined || origin !== opened.key.name) return null;
  const bytes = Buffer.from(root, 'base64');
  return bytes.toString('base64') === root ? { size: Number(size), root: bytes } : null;
}

/** A line in its one spelling, with exactly these fields: nothing can hide in white space, order or a second field. */
function fieldsOf(value, line, names) {
  const found = value === null || typeof value !== 'object' ? '' : Object.keys(value).join();
  if (found !== names || JSON.stringify(value) !== line) throw new Bad('a line is not as an export writes it');
  return value;
}

/** A key in its one spelling; null where it is none. */
function usableKey(text) {
  try {
    const key = parseKey(typeof text === 'string' ? text : '');
    return key.text === text ? key : null;
  } catch {
    return null;
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export class Verifier {
  lines = 0;
  entries = 0;
  texts = 0;
  last = -1;
  header = null;
  checkpoint = null;
  ended = false;
  tree = new Tree();
  /** Last entry seen of each case, and of each office's records. */
  chains = new Map();
  /** How many texts lay under each older checkpoint, and the last one at which a record says the same. */
  textsUnder = new Map();
  counted = 0;
  passed = 0;

  /**
   * `keys`: the inspector's own. `kept`: notes of checkpoints kept elsewhere. `receipts`: hashes that must be there.
   * `oneOffice`: every line must have its text.
   */
  constructor({ keys, kept = [], receipts = [], oneOffice = false }) {
    this.keys = [...keys];
    this.oneOffice = oneOffice;
    this.notes = kept;
    this.receipts = new Set(receipts);
    this.receiptsAsked = receipts.length;
  }

  line(line) {
    if (this.ended) throw new Bad('there is something behind the end of the export');
    const value = parse(line);
    if (value === undefined) throw new Bad('a line is not JSON');
    this.lines += 1;
    if (this.lines === 1) this.takeHeader(value, line);
    else if (this.lines === 2) this.takeHead(value, line);
    else if (value?.end === true) this.takeEnd(fieldsOf(value, line, 'end,entries'));
    else if (value?.checkpoint !== undefined) this.passCheckpoint(fieldsOf(value, line, 'checkpoint').checkpoint);
    else this.takeEntry(value, line);
  }

  takeHeader(value, line) {
    const names = { all: 'format,kind,office', case: 'format,kind,office,case', period: 'format,kind,office,from,to' };
    const header = fieldsOf(value, line, names[value?.kind] ?? 'format,kind');
    if (header.format !== FORMAT) throw new Bad(`this is not an export of the form ${FORMAT}`);
    if (Object.values(header).some((one) => typeof one !== 'string')) throw new Bad('the first line is no header');
    if (header.kind === 'period' && !(isInstant(header.from) && isInstant(header.to) && header.from < header.to))
      throw new Bad('the first line names no period');
    if (this.oneOffice && header.kind !== 'all') throw new Usage('--one-office is for an export of everything');
    this.header = header;
  }

  /** Keys that the inspector's own key vouches for, then the newest checkpoint: everything else is held against it. */
  takeHead(value, line) {
    const { checkpoint, keys } = fieldsOf(value, line, 'checkpoint,keys');
    if (!Array.isArray(keys)) throw new Bad('a line is not as an export writes it');
    keys.reduce((before, one) => this.trust(one, before), null);
    this.checkpoint = this.open(checkpoint);
    this.kept = this.notes.map((note) => this.openKept(note)).sort((a, b) => a.size - b.size);
    for (const kept of this.kept) {
      if (this.header.kind !== 'all' && kept.size !== this.checkpoint.size) {
        throw new Usage('a kept checkpoint of another size can only be compared with an export of everything');
      }
      if (kept.size > this.checkpoint.size) {
        throw new Bad(
          `the log is cut: a checkpoint over ${kept.size} entries was signed, this one is over ${this.checkpoint.size}`,
        );
      }
      if (kept.size === this.checkpoint.size && !kept.root.equals(this.checkpoint.root)) {
        throw new Bad(`the kept checkpoint over ${kept.size} entries is of another history`);
      }
    }
  }

  /** Each key is vouched for by the one before it, and that has to hold also where the inspector's own is a later one. */
  trust(one, before) {
    const { key, endorsement } = fieldsOf(one, JSON.stringify(one), 'key,endorsement');
    const [, from] =
      /^alur-key-rotation\/1\n(.+)\n.+\n\n/.exec(typeof endorsement === 'string' ? endorsement : '') ?? [];
    const older = usableKey(from);
    const opened = older && openNote(endorsement, [older]);
    if (!usableKey(key) || opened?.text !== `alur-key-rotation/1\n${from}\n${key}\n`)
      throw new Bad('a later key is not vouched for by the one before it');
    if (before !== null && from !== before) throw new Bad('the keys do not follow each other');
    const known = (text) => this.keys.some((own) => own.text === text);
    if (known(from) && !known(key)) this.keys.push(parseKey(key));
    return key;
  }

  open(note) {
    const opened = typeof note === 'string' ? openCheckpoint(note, this.keys) : null;
    if (!opened) throw new Bad('the checkpoint is not signed by the key given, nor by one that key vouches for');
    return opened;
  }

  openKept(note) {
    const opened = openCheckpoint(note, this.keys);
    if (!opened) throw new Usage('a kept checkpoint is not signed by the key given, nor by one that key vouches for');
    return opened;
  }

  /** One of the older checkpoints that an export of everything carries where they belong: tells where it went wrong. */
  passCheckpoint(note) {
    if (this.header.kind !== 'all') throw new Bad('a line is not as an export writes it');
    const { size, root } = this.open(note);
    if (size !== this.tree.size) throw new Bad(`a checkpoint over ${size} entries stands behind ${this.tree.size}`);
    if (size <= this.passed || size >= this.checkpoint.size) throw new Bad('a checkpoint stands twice');
    this.passed = size;
    if (!root.equals(this.tree.root())) {
      throw new Bad(
        `the entries up to here are not those that were signed; up to ${this.good ?? 0} they are`,
        this.good ?? 0,
      );
    }
    this.good = size;
    this.textsUnder.set(size, this.texts);
  }

  takeEntry(value, line) {
    const { kind } = this.header;
    const bare = kind === 'all' && value?.entry === undefined;
    const names = kind !== 'all' ? 'index,entry,proof' : bare ? 'index,leaf' : 'index,leaf,entry';
    if (value?.lost === true) {
      const { index } = fieldsOf(value, line, 'index,leaf,lost');
      throw new Bad('its text is lost', Number.isSafeInteger(index) ? index : null);
    }
    const { index, leaf, entry, proof } = fieldsOf(value, line, names);
    if (!Number.isSafeInteger(index) || index <= this.last)
      throw new Bad('the entries are not in their order', this.last + 1);
    if (kind === 'all' && index !== this.last + 1) throw new Bad('it is missing', this.last + 1);
    if (index >= this.checkpoint.size) throw new Bad('it lies behind the checkpoint', index);
    if (bare && this.oneOffice) throw new Bad('its text is left out, and there is one office only', index);
    const digest = bare ? leaf : this.takeText(index, entry);
    if (!bare && kind === 'all' && digest !== leaf) throw new Bad('the text is not the one that was sealed', index);
    if (!isHash(digest)) throw new Bad('its hash is no hash', index);
    if (kind === 'all') this.grow(index, digest);
    else this.prove(index, digest, proof);
    this.last = index;
    this.entries += 1;
  }

  grow(index, digest) {
    this.tree.add(Buffer.from(digest, 'hex'));
    while (this.kept[0]?.size === this.tree.size) {
      const { size, root } = this.kept.shift();
      if (!root.equals(this.tree.root())) {
        throw new Bad(`the kept checkpoint over ${size} entries is of another history`, this.good ?? 0);
      }
      this.good = size;
    }
  }

  prove(index, digest, proof) {
    const steps = Array.isArray(proof) && proof.every(isHash) ? proof.map((one) => Buffer.from(one, 'hex')) : null;
    const root = steps && rootByProof(Buffer.from(digest, 'hex'), index, this.checkpoint.size, steps);
    if (!root?.equals(this.checkpoint.root)) throw new Bad('it is not in the log that was signed', index);
  }

  /** Its place in its case: the text names the hash of the entry before it. */
  takeText(index, text) {
    if (typeof text !== 'string' || !text.isWellFormed()) throw new Bad('its text is no text', index);
    const digest = leafHash(text);
    const entry = parse(text);
    if (entry === null || typeof entry !== 'object') throw new Bad('its text is not an entry', index);
    const { office, seq, prev, at } = entry;
    const { header } = this;
    const ofCase = typeof entry.case === 'string';
    if (!(ofCase || (typeof entry.record === 'string' && entry.case === undefined)) || !isInstant(at))
      throw new Bad('its text is not an entry', index);
    const chain = ofCase ? entry.case : `records of ${office}`;
    if (office !== header.office && !(office === NO_OFFICE && entry.record))
      throw new Bad('it is of another office', index);
    if (header.kind === 'case' && entry.case !== header.case) throw new Bad('it is of another case', index);
    if (header.kind === 'period' && !(at >= header.from && at < header.to))
      throw new Bad('it is not of this period', index);
    if (!Number.isSafeInteger(seq) || seq < 1) throw new Bad('its text is not an entry', index);
    const before = this.chains.get(chain);
    // A period may begin in the middle of a case.
    if (before || header.kind !== 'period') {
      if (seq !== (before?.seq ?? 0) + 1)
        throw new Bad(`entry ${(before?.seq ?? 0) + 1} of ${chain} is missing before it`, index);
      if (prev !== (before?.digest ?? GENESIS))
        throw new Bad(`it does not follow the entry before it of ${chain}`, index);
      if (before && at < before.at) throw new Bad(`its time lies before the entry before it of ${chain}`, index);
    }
    if (header.kind === 'all' && entry.record === 'EXPORT_MADE') this.recount(entry.facts);
    this.chains.set(chain, { seq, digest, at });
    this.receipts.delete(digest);
    this.texts += 1;
    return digest;
  }

  /** An export of everything is on record with how many texts it had: what had one then has one now. */
  recount(facts) {
    const { size, texts } = facts ?? {};
    if (!Number.isSafeInteger(texts)) return;
    const now = this.textsUnder.get(size);
    if (now === undefined)
      throw new Bad(`the checkpoint over ${size} entries, of an earlier export, is missing`, this.counted);
    if (now !== texts)
      throw new Bad(
        `of the first ${size} lines ${texts} had a text in an earlier export, now ${now} have`,
        this.counted,
      );
    this.counted = size;
  }

  takeEnd({ entries }) {
    if (entries !== this.entries) throw new Bad(`the export counts ${entries} entries, there are ${this.entries}`);
    this.ended = true;
  }

  /** What holds, in one line; throws where something does not. */
  finish() {
    if (!this.ended) throw new Bad('the export is cut off: its end is missing');
    const { size, root } = this.checkpoint;
    if (this.header.kind === 'all') {
      if (this.tree.size !== size)
        throw new Bad(`the checkpoint is over ${size} entries, there are ${this.tree.size}`, this.tree.size);
      if (!this.tree.root().equals(root)) throw new Bad('the entries are not those that were signed', this.good ?? 0);
    }
    // A quiet period has none; a case and a log have at least one.
    if (this.entries === 0 && this.header.kind !== 'period') throw new Bad('there is nothing in this export');
    if (this.receipts.size > 0) throw new Bad(`no entry has the hash of the receipt ${[...this.receipts][0]}`);
    const receipts = this.receiptsAsked === 0 ? '' : `, ${this.receiptsAsked} receipt(s) found`;
    const said = `PASS ${this.entries} entries, ${this.texts} with text, ${this.chains.size} chains; checkpoint over ${size} entries, root ${root.toString('hex')}${receipts}`;
    return [said, ...this.openEnds()].join('\n');
  }

  /** What this export cannot prove, said so that nobody overlooks it. */
  openEnds() {
    const bare = this.entries - this.texts;
    if (this.header.kind === 'case')
      return ['NOT PROVED: that the case ends here. An export of everything or --receipt proves more.'];
    if (this.header.kind === 'period')
      return [
        'NOT PROVED: that nothing of this period was left out. An export of everything or --receipt proves more.',
      ];
    if (bare === 0) return [];
    return [
      `NOT PROVED: ${bare} of ${this.entries} lines HAVE NO TEXT. They should be of other offices, and nothing here shows whose they are:`,
      'the last lines of a case could be among them. Where the log is of one office, check with --one-office; else with',
      '--receipt of your last export and of acts you know of.',
    ];
  }
}

/** Checks the lines of an export; memory grows with the number of cases, not of entries. */
export async function verifyFile(file, options) {
  const verifier = new Verifier(options);
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let rest = '';
  const take = (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    if (rest.length > MAX_LINE) throw new Bad('a line is too long');
    for (const line of lines) verifier.line(line);
  };
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) take(decode(decoder, chunk, true));
  take(decode(decoder, undefined, false));
  if (rest !== '') throw new Bad('the export is cut off: its last line has no end');
  return verifier.finish();
}

function decode(decoder, chunk, stream) {
  try {
    return decoder.decode(chunk, { stream });
  } catch {
    throw new Bad('the file is not UTF-8');
  }
}

/** Checkpoints in a file: one note, or lines `{"checkpoint": note}` as the signer keeps them. */
export function notesIn(text) {
  // Scanned from paper, or gone through an editor: neither its end nor its line ends are as they were.
  const trimmed = text.replaceAll('\r\n', '\n').trim();
  if (!trimmed.startsWith('{')) return [`${trimmed}\n`];
  const values = trimmed
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(parse);
  return values.flatMap((value) => (typeof value?.checkpoint === 'string' ? [value.checkpoint] : []));
}

function readArguments(args) {
  const options = { file: null, keys: [], kept: [], receipts: [], oneOffice: false };
  for (let at = 0; at < args.length; at++) {
    const [name, value] = [args[at], args[at + 1]];
    if (name === '--one-office') {
      options.oneOffice = true;
      continue;
    }
    if (!name.startsWith('--')) options.file = name;
    else if (value === undefined) throw new Usage(`${name} needs a value`);
    else if (name === '--key') options.keys.push(...keysIn(value));
    else if (name === '--checkpoint') options.kept.push(...notesIn(readFileSync(value, 'utf8')));
    else if (name === '--receipt') options.receipts.push(value.toLowerCase());
    else throw new Usage(`there is no option ${name}`);
    if (name.startsWith('--')) at += 1;
  }
  if (options.file === null || options.keys.length === 0) {
    throw new Usage(
      'usage: node verify-history.mjs EXPORT.ndjson --key KEY [--checkpoint FILE]... [--receipt HASH]... [--one-office]',
    );
  }
  return options;
}

function keysIn(value) {
  const text = existsSync(value) ? readFileSync(value, 'utf8') : value;
  // As `GET /inspection/keys` answers: the first one, which vouches for the later ones.
  const first = text.trimStart().startsWith('{') ? parse(text)?.items?.[0]?.verifierKey : null;
  return (typeof first === 'string' ? first : text).trim().split(/\s+/).map(parseKey);
}

async function main(args) {
  try {
    const { file, ...options } = readArguments(args);
    process.stdout.write(`${await verifyFile(file, options)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof Bad)) {
      process.stderr.write(`cannot check: ${error instanceof Usage ? error.message : String(error)}\n`);
      return 2;
    }
    process.stdout.write(`FAIL ${error.message}\n`);
    return 1;
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = await main(process.argv.slice(2));
}
