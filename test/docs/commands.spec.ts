/** What the documents tell somebody to run or to open is there, and nothing in the repository speaks of one machine. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, extname, join, relative } from 'node:path';
import { PROJECT_ROOT } from '../../src/paths.js';

/** Folders and files that git does not keep, and the lock file, which npm writes. */
const NOT_OURS = [...readFileSync(join(PROJECT_ROOT, '.gitignore'), 'utf8').split('\n'), '.git', 'package-lock.json']
  .map((line) => line.replace(/\/$/, ''))
  .filter((line) => line !== '');
const BINARY = ['.png', '.jpg', '.pdf', '.ico', '.log'];

function filesUnder(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => !NOT_OURS.includes(name) && !BINARY.includes(extname(name)))
    .map((name) => join(folder, name))
    .filter((path) => !NOT_OURS.includes(relative(PROJECT_ROOT, path)))
    .flatMap((path) => (statSync(path).isDirectory() ? filesUnder(path) : [path]));
}

const files = filesUnder(PROJECT_ROOT).map((path) => ({
  name: relative(PROJECT_ROOT, path),
  text: readFileSync(path, 'utf8'),
}));
const pages = files.filter(({ name }) => name.endsWith('.md'));
const { scripts } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** `file: what was found` for each match of the pattern's first group that is not as it should be. */
function found(among: typeof files, pattern: RegExp, isFine: (match: string, file: string) => boolean): string[] {
  return among.flatMap(({ name, text }) =>
    [...text.matchAll(pattern)]
      .map(([whole, group]) => group ?? whole)
      .filter((match) => !isFine(match, name))
      .map((match) => `${name}: ${match}`),
  );
}

describe('the documents', () => {
  it('are the ones a reader looks for', () => {
    const names = pages.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'ARCHITECTURE.md',
        'CHANGELOG.md',
        'CONTRIBUTING.md',
        'README.md',
        'docs/errors.md',
        'docs/operations.md',
      ]),
    );
  });

  it('name only npm scripts that exist', () => {
    expect(found(pages, /npm run ([\w:-]+)/g, (script) => script in scripts)).toEqual([]);
    expect(scripts).toMatchObject({ start: expect.any(String) as string, test: expect.any(String) as string });
  });

  it('show how to start and how to test in the README', () => {
    const readme = pages.find(({ name }) => name === 'README.md')?.text ?? '';
    for (const command of ['npm start', 'npm test']) expect(readme).toContain(`\`\`\`sh\n${command}\n\`\`\``);
  });

  it('link only to what exists', () => {
    const exists = (link: string, file: string) => existsSync(join(PROJECT_ROOT, dirname(file), link));
    const relativeLink = /\]\((?![a-z]+:|#)([^)#\s]+)(?:#[^)]*)?\)/g;
    expect(found(pages, relativeLink, exists)).toEqual([]);
  });

  it('name only source files that exist', () => {
    const path = /`((?:src|machines|scripts|test|migrations|docs|data)\/[\w./-]+\.(?:ts|mjs|md|json))`/g;
    // Written by whoever plants bugs; the suites do without it.
    expect(
      found(pages, path, (name) => existsSync(join(PROJECT_ROOT, name)) || name === 'test/planted-bugs.md'),
    ).toEqual([]);
  });

  it('show in their decisions one page each, numbered in their order', () => {
    const decisions = readdirSync(join(PROJECT_ROOT, 'docs/decisions')).sort();
    const numbers = decisions.map((name) => name.slice(0, 3));
    expect([...new Set(numbers)].length).toBe(numbers.length);
    decisions.forEach((name) => {
      const number = name.slice(0, 3);
      expect(name).toMatch(new RegExp(`^${number}-[a-z0-9-]+\\.md$`));
      const text = readFileSync(join(PROJECT_ROOT, 'docs/decisions', name), 'utf8');
      expect(text).toMatch(new RegExp(`^# ${number}: `));
      expect([name, text.split('\n').length < 60]).toEqual([name, true]);
    });
  });
});

describe('the repository', () => {
  it('holds no path of anybody’s machine', () => {
    // Written so that this line does not find itself.
    const homes = /(?<![\w.}])\/(?:root|home|Users|work|farm|tmp)\/[\w.-]+/g;
    expect(found(files, homes, () => false)).toEqual([]);
  });

  it('names no host that packages come from', () => {
    const hosts = new RegExp(
      ['registry', 'unpkg', 'npmjs', 'jsdelivr', 'yarnpkg', 'deb.debian']
        .map((host) => `${host}[.](?:com|org|net)`)
        .join('|'),
      'g',
    );
    expect(found(files, hosts, () => false)).toEqual([]);
  });
});
