/** Bytes that are no HTTP request never become one: they get a problem and the connection is closed. */
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { AppError } from '../errors.js';
import { problemOf } from './problem.filter.js';
import { SECURITY_HEADERS } from './security-headers.js';

const REASONS = { 400: 'Bad Request', 431: 'Request Header Fields Too Large' } as const;

export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? new AppError('HEADERS_TOO_LARGE')
      : new AppError('INVALID_INPUT', { issues: [{ path: '', message: 'is not a readable HTTP request' }] });
  const requestId = randomUUID();
  const body = JSON.stringify(problemOf(problem, 'id', requestId));
  const status = problem.status as keyof typeof REASONS;
  const security = Object.entries(SECURITY_HEADERS).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    `HTTP/1.1 ${status} ${REASONS[status]}\r\nContent-Type: application/problem+json; charset=utf-8\r\n` +
      `Content-Language: id\r\nX-Request-Id: ${requestId}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `${security.join('')}Connection: close\r\n\r\n${body}`,
  );
}
