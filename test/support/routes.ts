/** Every route of the OpenAPI document, with a body and a person that fit it: what a generated test asks. */
import { HOLDERS, type Http, type Person } from './http.js';

export interface Route {
  readonly method: string;
  /** As documented, below /api/v1: `/cases/{id}/events`. */
  readonly path: string;
  readonly person: Person;
  readonly body: unknown;
}

interface Operation {
  readonly description?: string;
  readonly requestBody?: { readonly content: Record<string, { readonly schema: { readonly example?: unknown } }> };
}

export async function documentedRoutes(http: Http): Promise<Route[]> {
  const response = await fetch(`${http.base}/api/openapi.json`);
  const { paths } = (await response.json()) as { paths: Record<string, Record<string, Operation>> };
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => {
      const short = path.replace('/api/v1', '');
      const body = operation.requestBody?.content['application/json']?.schema.example ?? {};
      return { method: method.toUpperCase(), path: short, person: personFor(operation.description ?? ''), body };
    }),
  );
}

/** "Roles: kadin." names who may come through; anything else is open to the staff. */
function personFor(description: string): Person {
  const [, roles = ''] = /Roles: ([^.]*)/.exec(description) ?? [];
  const first = roles.split(',')[0]?.trim() ?? '';
  return new Map<string, Person>(Object.entries(HOLDERS)).get(first) ?? 'staf';
}

export function fill(path: string, values: Readonly<Record<string, string>>): string {
  return path.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

/** Asks the route with everything in order but the ids given. */
export function ask<Body>(http: Http, { method, path, person, body }: Route, values: Readonly<Record<string, string>>) {
  const filled = fill(path, values);
  if (method === 'GET') return http.get<Body>(person, filled);
  const headers = { 'content-type': 'application/json', 'if-match': '"1"' };
  return http.send<Body>(person, method, filled, JSON.stringify(body), headers);
}
