/** Bytes that are no HTTP request, or not a whole one in time, never become one: they get a problem and the connection is closed. */
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { AppError } from '../errors.js';
import { problemOf } from './problem.filter.js';
import { SECURITY_HEADERS } from './security-headers.js';

const REASONS = { 400: 'Bad Request', 408: 'Request Timeout', 431: 'Request Header Fields Too Large' } as const;
/** For the answer to be read before the connection is cut off. */
const LINGER_MS = 1000;

export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = problemWith(error.code);
  const requestId = randomUUID();
  const body = JSON.stringify(problemOf(problem, 'id', requestId));
  const status = problem.status as keyof typeof REASONS;
  const security = Object.entries(SECURITY_HEADERS).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    `HTTP/1.1 ${status} ${REASONS[status]}\r\nContent-Type: application/problem+json; charset=utf-8\r\n` +
      `Content-Language: id\r\nX-Request-Id: ${requestId}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `${security.join('')}Connection: close\r\n\r\n${body}`,
  );
  // Who goes on sending would else keep the connection, and what was to take the body.
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

function problemWith(code: string | undefined): AppError {
  if (code === 'HPE_HEADER_OVERFLOW') return new AppError('HEADERS_TOO_LARGE');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new AppError('REQUEST_TIMEOUT');
  return new AppError('INVALID_INPUT', { issues: [{ path: '', message: 'is not a readable HTTP request' }] });
}
