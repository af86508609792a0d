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

/** Says what is wrong with an answer, by the document alone; null where it keeps the contract. */
export function judgeOf(document: OpenApi): Judge {
  const ajv = new Ajv2020({ strict: false, allErrors: false });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'alur', ...(toTheLetter(document) as OpenApi) });
  const compiled = new Map<string, ValidateFunction>();
  const validator = (pointer: string) => {
    const known = compiled.get(pointer) ?? ajv.compile({ $ref: `alur#${pointer}` });
    compiled.set(pointer, known);
    return known;
  };
  const flaw = (pointer: string, text: string) => {
    const validate = validator(pointer);
    return validate(JSON.parse(text)) ? null : `does not fit ${pointer}: ${ajv.errorsText(validate.errors)}`;
  };
  const part = (text: string) => encodeURIComponent(text.replaceAll('~', '~0').replaceAll('/', '~1'));

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
    const place = ['paths', operation.path, operation.method.toLowerCase(), 'responses', String(status)];
    return flaw(`/${[...place, 'content', 'application/json', 'schema'].map(part).join('/')}`, text);
  };
}

const judges = new Map<string, Promise<{ readonly judge: Judge; readonly operations: readonly Placed[] }>>();

/** What is wrong with the answer of a server of ours, by its own document; null also for what is no route. */
export async function flawOf(base: string, method: string, path: string, answered: Answered): Promise<string | null> {
  const known = judges.get(base) ?? readJudge(base);
  judges.set(base, known);
  // A server that is killed while it gives its document is asked again.
  known.catch(() => judges.delete(base));
  const { judge, operations } = await known;
  const [plain = ''] = path.split('?');
  const operation = operations.find((one) => one.method === method && matches(one.path, plain));
  return operation ? judge(operation, answered) : null;
}

async function readJudge(base: string) {
  const document = (await (await fetch(`${base}/api/openapi.json`)).json()) as OpenApi;
  // The fixed paths first: they win over those with a parameter.
  const operations = operationsOf(document).sort((a, b) => Number(a.path.includes('{')) - Number(b.path.includes('{')));
  return { judge: judgeOf(document), operations };
}

function matches(template: string, path: string): boolean {
  const [wanted, given] = [template.split('/'), path.split('/')];
  // A broken escape (%zz) never reaches a route.
  if (/%(?![0-9a-f]{2})/i.test(path)) return false;
  return wanted.length === given.length && wanted.every((part, at) => part.startsWith('{') || part === given[at]);
}
