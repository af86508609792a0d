/** What holds for every refusal: it is a problem of our table, in the right language, and it wrote nothing. */
import { ERRORS, type ErrorCode } from '../../src/errors.js';
import type { TestApp } from './app.js';
import { footprint } from './footprint.js';
import type { ProblemBody, Reply } from './http.js';

export type Refusal = Reply<ProblemBody>;

export function expectProblem(reply: Refusal, code: ErrorCode, language: 'id' | 'en' = 'id'): void {
  expect([reply.status, reply.body.code, reply.text]).toEqual([ERRORS[code].status, code, reply.text]);
  expect(reply.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(reply.headers.get('content-language')).toBe(language);
  const { details, requestId, ...problem } = reply.body as unknown as Record<string, unknown>;
  expect(problem).toMatchObject({ type: `urn:alur:problem:${code}`, title: code, status: ERRORS[code].status, code });
  expect(details).toMatchObject({ [language]: reply.body.detail });
  expect(requestId).toBe(reply.headers.get('x-request-id'));
  // A placeholder that was never filled tells the reader nothing.
  expect(reply.body.detail).not.toMatch(/[{}]|undefined|\[object/);
}

/** Asks, expects the refusal, and that not a row has changed. */
export async function expectRefused(
  server: TestApp,
  code: ErrorCode,
  ask: () => Promise<Refusal>,
): Promise<ProblemBody> {
  const before = await footprint(server.database);
  const reply = await ask();
  expectProblem(reply, code);
  expect(await footprint(server.database)).toEqual(before);
  return reply.body;
}
