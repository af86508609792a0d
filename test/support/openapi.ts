/** The OpenAPI document as tests read it, and what must hold for it to be one. */
export interface Schema {
  readonly [keyword: string]: unknown;
  readonly title?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly example?: Record<string, unknown>;
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: Schema;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

export interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content & { readonly required?: boolean };
  readonly responses: Readonly<Record<string, Content & { readonly description?: string }>>;
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly 'x-problem-codes'?: readonly string[];
}

export interface OpenApi {
  readonly openapi: string;
  readonly info: { readonly title?: string; readonly version?: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly securitySchemes: Readonly<Record<string, unknown>>;
  };
}

/** One operation with where it stands: `GET /api/v1/cases/{id}`. */
export interface Placed extends Operation {
  readonly method: string;
  readonly path: string;
  readonly at: string;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'];
const TYPES = ['null', 'boolean', 'object', 'array', 'number', 'string', 'integer'];
const PLACES = ['path', 'query', 'header', 'cookie'];

export function operationsOf({ paths }: OpenApi): Placed[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([name, operation]) => {
      const method = name.toUpperCase();
      return { ...operation, method, path, at: `${method} ${path}` };
    }),
  );
}

/** Everything that makes the document less than an OpenAPI 3.1 document; empty for a sound one. */
export function flawsOf(document: OpenApi): string[] {
  const operations = operationsOf(document);
  const ids = operations.map(({ operationId }) => operationId);
  return [
    ...(document.openapi === '3.1.0' ? [] : [`openapi is ${document.openapi}`]),
    ...(document.info.title && document.info.version ? [] : ['info needs title and version']),
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `operationId twice: ${id}`),
    ...operations.flatMap((operation) => operationFlaws(operation, document).map((flaw) => `${operation.at}: ${flaw}`)),
    ...schemaFlaws(document, document, '#'),
  ];
}

function operationFlaws(operation: Placed, document: OpenApi): string[] {
  const { method, path, summary, parameters = [], requestBody, responses, security = [] } = operation;
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const declared = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
  const keys = parameters.map((parameter) => `${parameter.in} ${parameter.name}`);
  return [
    ...(METHODS.includes(method.toLowerCase()) ? [] : ['unknown method']),
    ...(summary ? [] : ['no summary']),
    ...(inPath.sort().join() === declared.sort().join() ? [] : [`path parameters: ${declared.join(', ') || 'none'}`]),
    ...keys.filter((key, index) => keys.indexOf(key) !== index).map((key) => `parameter twice: ${key}`),
    ...parameters.filter(({ schema }) => !schema).map(({ name }) => `parameter without schema: ${name}`),
    ...parameters.filter((one) => !PLACES.includes(one.in)).map(({ name }) => `parameter nowhere: ${name}`),
    ...parameters.filter((one) => one.in === 'path' && !one.required).map(({ name }) => `not required: ${name}`),
    ...(requestBody && Object.keys(requestBody.content ?? {}).length === 0 ? ['a body without content'] : []),
    ...(Object.keys(responses).some((status) => /^2\d\d$/.test(status)) ? [] : ['no answer for success']),
    ...Object.entries(responses)
      .filter(([status, { description }]) => !/^[1-5]\d\d$/.test(status) || description === undefined)
      .map(([status]) => `answer ${status} is incomplete`),
    ...Object.entries(responses)
      .filter(([status, said]) => /^20[0-3]$/.test(status) && !hasShape(said))
      .map(([status]) => `answer ${status} has no shape`),
    ...security
      .flatMap((scheme) => Object.keys(scheme))
      .filter((scheme) => !(scheme in document.components.securitySchemes))
      .map((scheme) => `unknown security scheme ${scheme}`),
  ];
}

/** JSON with a schema; of files, only what type they are. */
function hasShape({ content = {} }: Content): boolean {
  const types = Object.entries(content);
  return types.length > 0 && types.every(([type, { schema }]) => type !== 'application/json' || schema !== undefined);
}

/** References that lead nowhere and schema keywords that are not JSON Schema's, anywhere below `value`. */
function schemaFlaws(value: unknown, document: OpenApi, at: string): string[] {
  if (Array.isArray(value)) return value.flatMap((one, index) => schemaFlaws(one, document, `${at}/${index}`));
  if (typeof value !== 'object' || value === null) return [];
  const { $ref, type, required, properties, pattern, nullable } = value as Schema;
  const known = typeof type !== 'string' || TYPES.includes(type) || at.includes('securitySchemes');
  return [
    ...(typeof $ref === 'string' && !resolves($ref, document) ? [`${at}: ${$ref} leads nowhere`] : []),
    ...(known || at.endsWith('/example') ? [] : [`${at}: no such type as ${type}`]),
    ...(nullable === undefined ? [] : [`${at}: nullable is OpenAPI 3.0`]),
    ...(typeof pattern === 'string' && !compiles(pattern) ? [`${at}: bad pattern ${pattern}`] : []),
    ...(Array.isArray(required) && properties
      ? required
          .filter((name) => !(String(name) in properties))
          .map((name) => `${at}: requires unknown ${String(name)}`)
      : []),
    ...Object.entries(value)
      .filter(([key]) => key !== 'example' && key !== 'examples')
      .flatMap(([key, inner]) => schemaFlaws(inner, document, `${at}/${key}`)),
  ];
}

function resolves(ref: string, document: OpenApi): boolean {
  const steps = ref.replace(/^#\//, '').split('/');
  return steps.reduce<unknown>((at, step) => (at as Schema | undefined)?.[step], document) !== undefined;
}

function compiles(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
