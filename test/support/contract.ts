/** Requests made from our own OpenAPI document, half of them odd. */
import fc from 'fast-check';
import type { Parameter, Placed } from './openapi.js';

export interface Asked {
  readonly operation: Placed;
  /** A name of a person, or null for nobody. */
  readonly person: string | null;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

const ODD: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1e308,
  '',
  ' ',
  'a\0b',
  '\ud800',
  "' OR 1=1 --",
  '<script>',
  '../../etc/passwd',
  '2026-13-45T99:99:99Z',
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00+07:00',
  '2026-11-24T09:00:00+16:00',
  '9999-12-31T23:59:59-23:59',
  'x'.repeat(5000),
  [],
  {},
  [[[[]]]],
  { constructor: { prototype: {} } },
  Number.MAX_SAFE_INTEGER,
];
const ODD_TEXTS = [
  '',
  '0',
  '-1',
  '9'.repeat(40),
  '"1"',
  'W/"1"',
  '*',
  "'",
  '%',
  'null',
  'é',
  '2026-11-24',
  '0000-01-01T00:00:00Z',
  '2026-11-24T09:00:00+16:00',
  '9999-12-31T23:59:59-23:59',
  'x'.repeat(300),
];
const INSTANTS = [
  '2026-11-24T02:00:00Z',
  '2026-11-23T09:00:00+07:00',
  '2027-01-01T00:00:00.000Z',
  '0001-01-01T00:00:00Z',
];

const odd = fc.oneof(fc.constantFrom(...ODD), fc.jsonValue({ maxDepth: 3 }));

/** Mostly what the schema wants, else a text it may not. */
function textFor({ schema = {} }: Parameter): fc.Arbitrary<string> {
  const { type, format, minimum, maximum } = schema as {
    type?: string;
    format?: string;
    minimum?: number;
    maximum?: number;
  };
  const wanted = Array.isArray(schema['enum'])
    ? fc.constantFrom(...(schema['enum'] as string[]))
    : type === 'integer'
      ? fc.integer({ min: minimum ?? 0, max: Math.min(maximum ?? 1000, 1000) }).map(String)
      : format === 'date-time'
        ? fc.constantFrom(...INSTANTS)
        : fc.constantFrom('contoh', '2026-11', 'KIM', '"1"');
  return fc.oneof({ weight: 4, arbitrary: wanted }, { weight: 1, arbitrary: fc.constantFrom(...ODD_TEXTS) });
}

/** The example as it stands, with one thing wrong, or anything at all. */
function bodyFor(operation: Placed): fc.Arbitrary<string | null> {
  const schema = operation.requestBody?.content?.['application/json']?.schema;
  if (!schema) return fc.constantFrom(null, null, '{}', '[');
  const example = schema.example ?? {};
  const names = [...Object.keys(example), ...Object.keys(schema.properties ?? {})];
  const name = names.length > 0 ? fc.constantFrom(...names) : fc.constant('x');
  const json = (value: unknown) => JSON.stringify(value);
  return fc.oneof(
    { weight: 5, arbitrary: fc.constant(json(example)) },
    { weight: 3, arbitrary: fc.tuple(name, odd).map(([key, value]) => json({ ...example, [key]: value })) },
    { weight: 2, arbitrary: name.map((key) => json({ ...example, [key]: undefined })) },
    { weight: 1, arbitrary: fc.tuple(fc.string(), odd).map(([key, value]) => json({ ...example, [key]: value })) },
    { weight: 1, arbitrary: odd.map(json) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('', '{', '{"a":1,}', 'null', '"x"', '{"__proto__":{"a":1}}', '['.repeat(200)),
    },
  );
}

function headersFor({ parameters = [] }: Placed, people: readonly string[]): fc.Arbitrary<Record<string, string>> {
  const known: Readonly<Record<string, readonly string[]>> = {
    'If-Match': ['"1"', '"2"', '"3"', '"4"', '"5"', '"6"', '"7"', '"8"'],
    'Idempotency-Key': ['k1', 'k2', 'k3'],
    'On-Behalf-Of': people,
    'Inspect-Office': ['contoh', 'kilat'],
    Reason: ['Aduan 12 tahun 2026 diperiksa'],
  };
  const visible = ODD_TEXTS.filter((text) => /^[\x21-\x7e]*$/.test(text));
  const own = parameters.filter((one) => one.in === 'header');
  const each = own.map(({ name }) => {
    const isRare = name === 'On-Behalf-Of' || name === 'Inspect-Office';
    const value = fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...(known[name] ?? ['x'])) },
      { weight: 1, arbitrary: fc.constantFrom(...visible) },
    );
    return fc.oneof(
      { weight: isRare ? 9 : 1, arbitrary: fc.constant({}) },
      { weight: isRare ? 1 : 4, arbitrary: value.map((text) => ({ [name]: text })) },
    );
  });
  return fc
    .tuple(...each)
    .map((parts) => Object.assign({ 'accept-language': 'en' }, ...parts) as Record<string, string>);
}

function urlFor({ path, parameters = [] }: Placed, ids: readonly string[]): fc.Arbitrary<string> {
  const id = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...ids) },
    { weight: 1, arbitrary: fc.uuid() },
    { weight: 1, arbitrary: fc.constantFrom('x', '0', '%00', 'a'.repeat(150), '%F0%9F%98%80') },
  );
  const query = parameters
    .filter((one) => one.in === 'query')
    .map((one) =>
      fc.oneof(
        { weight: one.required ? 1 : 4, arbitrary: fc.constant('') },
        { weight: 4, arbitrary: textFor(one).map((text) => `${one.name}=${encodeURIComponent(text)}`) },
      ),
    );
  const unknown = fc.oneof(
    { weight: 12, arbitrary: fc.constant('') },
    { weight: 1, arbitrary: fc.constant('no=such') },
  );
  return fc.tuple(id, fc.tuple(...query, unknown)).map(([given, parts]) => {
    const asked = parts.filter(Boolean).join('&');
    return path.replace(/\{\w+\}/g, given) + (asked === '' ? '' : `?${asked}`);
  });
}

/** `holders`: who has each role; mostly one of them is asked whom the operation is for. */
export function askedOf(
  operation: Placed,
  holders: Readonly<Record<string, string>>,
  ids: readonly string[],
): fc.Arbitrary<Asked> {
  const people = Object.values(holders);
  const [, roles = ''] = /^Roles: (.+)\.$/m.exec(operation.description ?? '') ?? [];
  const meant = roles.split(', ').flatMap((role) => holders[role] ?? []);
  const person = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...(meant.length > 0 ? meant : people)) },
    { weight: 3, arbitrary: fc.constantFrom(...people) },
    { weight: 1, arbitrary: fc.constant(null) },
  );
  const body = operation.method === 'GET' ? fc.constant(null) : bodyFor(operation);
  return fc
    .tuple(person, urlFor(operation, ids), headersFor(operation, people), body)
    .map(([asker, url, headers, sent]) => ({ operation, person: asker, url, headers, body: sent }));
}
