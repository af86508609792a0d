/** .env.example, docs/operations.md and the configuration's schema name the same variables, with the same defaults. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentSchema, readConfig, SECRETS } from '../../src/config.js';
import { PROJECT_ROOT } from '../../src/paths.js';

const example = readFileSync(join(PROJECT_ROOT, '.env.example'), 'utf8');
const operations = readFileSync(join(PROJECT_ROOT, 'docs/operations.md'), 'utf8');
const known = Object.keys(environmentSchema.shape);
/** Default of each variable as the schema has it; those without one are absent. */
const defaults = environmentSchema.parse({}) as Record<string, unknown>;

interface Line {
  readonly name: string;
  readonly value: string;
  /** The comment above the variable, or above the group it stands in. */
  readonly comment: string;
}

function linesOf(text: string): Line[] {
  return text.split('\n\n').flatMap((block) => {
    const lines = block.split('\n');
    const comment = lines.filter((line) => line.startsWith('#')).join(' ');
    return lines.flatMap((line) => {
      const [, name = '', value = ''] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
      return name ? [{ name, value, comment }] : [];
    });
  });
}

const lines = linesOf(example);

/** Rows of the configuration table: name and default, both in backquotes. */
const rows = [...operations.matchAll(/^\| `([A-Z_]+)`\s*\| (.*?)\s*\| (.*?)\s*\|$/gm)].map(
  ([, name = '', given = '', meaning = '']) => ({
    name,
    given: given.replaceAll('`', ''),
    meaning,
  }),
);

describe('.env.example', () => {
  it('names every variable, each once, and no others', () => {
    expect(lines.map(({ name }) => name).sort()).toEqual([...known].sort());
  });

  it.each(lines.map((line) => [line.name, line] as const))('gives %s its default and a comment', (name, line) => {
    expect(line.value).toBe(name in defaults ? String(defaults[name]) : '');
    expect(line.comment.length).toBeGreaterThan(20);
  });

  it('says which variables may come from a file', () => {
    const told = lines.filter(({ comment }) => comment.includes('Or _FILE.')).map(({ name }) => name);
    expect(told.sort()).toEqual([...SECRETS].sort());
  });

  it('configures what no variable at all configures', () => {
    expect(readConfig(Object.fromEntries(lines.map(({ name, value }) => [name, value])))).toEqual(readConfig({}));
  });
});

describe('docs/operations.md', () => {
  it('has every variable in its table, each once, and no others', () => {
    expect(rows.map(({ name }) => name).sort()).toEqual([...known].sort());
  });

  it('has the defaults of the schema', () => {
    const told = Object.fromEntries(rows.map(({ name, given }) => [name, given]));
    const expected = Object.fromEntries(
      known.map((name) => [name, name in defaults ? String(defaults[name]) : 'none']),
    );
    expect(told).toEqual(expected);
  });

  it('marks the variables that may come from a file', () => {
    const marked = rows.filter(({ meaning }) => meaning.includes('`_FILE`')).map(({ name }) => name);
    expect(marked.sort()).toEqual([...SECRETS].sort());
  });
});
