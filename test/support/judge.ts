/** What every answer has to be, by the OpenAPI document alone. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { operationsOf, type OpenApi, type Placed } from './openapi.js';

export interface Answered {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** Says what is wrong with an answer; null where it keeps the contract. */
export type Judge = (operation: Placed, answered: Answered) => string | null;

/** The same document, read to the letter: an answer has no field that it does not name. */
function toTheLetter(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toTheLetter);
  if (typeof value !== 'object' || value === null) return value;
  const strict = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toTheLetter(inner)]));
  const isClosed = strict['type'] === 'object' && 'properties' in strict;
  return isClosed ? { additionalProperties: false, ...strict } : strict;
}

const JSON_BODY = ['content', 'application/json', 'schema'];

function pointer(...parts: readonly string[]): string {
  return parts.map((part) => `/${encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('');
}

/** Says what is wrong with an answer, by the document alone; null where it keeps the contract. */
export function judgeOf(document: OpenApi): Judge {
  const ajv = new Ajv2020({ strict: false, allErrors: false });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'alur', ...(toTheLetter(document) as OpenApi) });
  const compiled = new Map<string, ValidateFunction>();
  const validator = (place: string) => {
    const known = compiled.get(place) ?? ajv.compile({ $ref: `alur#${place}` });
    compiled.set(place, known);
    return known;
  };
  const flaw = (place: string, text: string) => {
    const validate = validator(place);
    return validate(JSON.parse(text)) ? null : `does not fit ${place}: ${ajv.errorsText(validate.errors)}`;
  };
  const pointers = new Map<string, string>();
  const pointerTo = ({ at, path, method }: Placed, status: number) => {
    const key = `${status} ${at}`;
    const known =
      pointers.get(key) ?? pointer('paths', path, method.toLowerCase(), 'responses', String(status), ...JSON_BODY);
    pointers.set(key, known);
    return known;
  };

  return (operation, { status, type, text }) => {
    const said = operation.responses[String(status)];
    if (!said) return 'a status the document does not know';
    if (status >= 400) {
      if (!type.includes('problem+json')) return `a refusal as ${type}`;
      const { code } = JSON.parse(text) as { code: string };
      if (!operation['x-problem-codes']?.includes(code)) return `a code the document does not know: ${code}`;
      return flaw('/components/schemas/Problem', text);
    }
    const schema = said.content?.['application/json']?.schema;
    if (!schema || !type.includes('application/json')) return null;
    return flaw(pointerTo(operation, status), text);
  };
}

type FindOperation = (method: string, path: string) => Placed | undefined;

/** Of all servers of a test file: they are one program, and have one document. */
let reader: Promise<{ readonly judge: Judge; readonly find: FindOperation }> | undefined;

/** What is wrong with the answer of a server of ours, by its own document; null also for what is no route. */
export async function flawOf(base: string, method: string, path: string, answered: Answered): Promise<string | null> {
  reader ??= readJudge(base);
  // A server that is killed while it gives its document is asked again.
  reader.catch(() => (reader = undefined));
  const { judge, find } = await reader;
  const [plain = ''] = path.split('?');
  const operation = find(method, plain);
  return operation ? judge(operation, answered) : null;
}

async function readJudge(base: string) {
  const document = (await (await fetch(`${base}/api/openapi.json`)).json()) as OpenApi;
  return { judge: judgeOf(document), find: finderOf(document) };
}

function finderOf(document: OpenApi): FindOperation {
  // The fixed paths first: they win over those with a parameter.
  const operations = operationsOf(document).sort((a, b) => Number(a.path.includes('{')) - Number(b.path.includes('{')));
  const templates = operations.map((operation) => ({ operation, parts: operation.path.split('/') }));
  return (method, path) => {
    // A broken escape (%zz) never reaches a route.
    if (/%(?![0-9a-f]{2})/i.test(path)) return undefined;
    const given = path.split('/');
    const matches = (parts: readonly string[]) =>
      parts.length === given.length && parts.every((part, at) => part.startsWith('{') || part === given[at]);
    return templates.find(({ operation, parts }) => operation.method === method && matches(parts))?.operation;
  };
}
