/** On every answer, whoever makes it: the type is what we say, no address is passed on, no page frames ours. HSTS is the proxy's. */
import type { FastifyReply } from 'fastify';

const ALWAYS = { 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer' } as const;
const NOT_FRAMED = "frame-ancestors 'none'";
/** JSON, CSV and the like ask for nothing: were one of them opened as a page, nothing in it would run. */
const NO_PAGE = `default-src 'none'; ${NOT_FRAMED}`;

/** Of answers that are no pages, as of all that is below /api/v1. */
export const SECURITY_HEADERS = { ...ALWAYS, 'Content-Security-Policy': NO_PAGE } as const;

const OF_PAGES = { ...ALWAYS, 'Content-Security-Policy': NOT_FRAMED } as const;

/** What an answer has from its beginning; a download has a stricter policy of its own afterwards. */
export function secure(url: string, reply: FastifyReply): void {
  void reply.headers(url.startsWith('/api/docs') ? OF_PAGES : SECURITY_HEADERS);
}
