/**
 * A look at a JSON body before it is parsed: a megabyte of brackets and commas is half a million values, which take a
 * second to parse, walk and refuse, while nobody else is served. No form of ours comes near these limits.
 */
import type { FastifyInstance } from 'fastify';
import { AppError } from '../errors.js';

export const MOST_VALUES = 10_000;
/** Exactly how deep a body may be is judged with the place of it (odd-input.ts); this keeps the parser from the abyss. */
const ABYSS = 1000;

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [LIST, LIST_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];

/** What no request of ours needs, or null. Counts commas, colons and brackets outside texts: each value has one before it. */
export function bombIn(body: Uint8Array): string | null {
  let marks = 0;
  let depth = 0;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at];
    if (byte === QUOTE) at = endOfText(body, at);
    else if (byte === COMMA || byte === COLON) marks++;
    else if (byte === LIST || byte === OBJECT) {
      marks++;
      if (++depth > ABYSS) return `is nested deeper than ${ABYSS} levels`;
    } else if (byte === LIST_END || byte === OBJECT_END) depth--;
    if (marks > MOST_VALUES) return `has more than ${MOST_VALUES} values`;
  }
  return null;
}

/** Of its closing quote, or the end of a body that has none. */
function endOfText(body: Uint8Array, opening: number): number {
  let at = opening + 1;
  while (at < body.length && body[at] !== QUOTE) at += body[at] === BACKSLASH ? 2 : 1;
  return at;
}

/** Fastify's own parser, which refuses hidden prototypes, behind that look. */
export function readJsonBodies(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeContentTypeParser('application/json');
  server.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const message = bombIn(body);
    if (message !== null) done(new AppError('INVALID_INPUT', { issues: [{ path: '', message }] }));
    else void parse(request, body.toString('utf8'), done);
  });
}
