/** Every failure leaves as RFC 9457 problem+json with a stable code, in the caller's language. Nothing a caller sends is a 500. */
import {
  Catch,
  HttpException,
  Logger,
  NotFoundException,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError, ERRORS, type ErrorCode } from '../errors.js';
import { Metrics } from '../ops/metrics.js';
import type { Reader } from '../access/actor.guard.js';
import type { Refusals } from '../access/refusals.js';
import type { KnownRoutes } from './known-routes.js';
import { languageOf } from './language.js';
import { UUID } from './request.js';
import { secure } from './security-headers.js';

/** Fastify's and Nest's own refusals, by status. */
const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'INVALID_INPUT',
  401: 'UNAUTHENTICATED',
  // The documentation's file server, asked for what lies outside it.
  403: 'NOT_FOUND',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  413: 'TOO_LARGE',
  // Fastify's word for a path parameter longer than any id of ours.
  414: 'NOT_FOUND',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  429: 'RATE_LIMITED',
  503: 'UNAVAILABLE',
};
/** A body is parsed by Fastify and nobody else: what any other parser refuses was not sent by the caller. */
const MALFORMED = /FST_ERR_CTP_(INVALID_JSON_BODY|EMPTY_JSON_BODY|INVALID_CONTENT_LENGTH)/;

export function asAppError(error: unknown, bodyLimitBytes: number): AppError | null {
  if (error instanceof AppError) return error;
  const { statusCode } = error as { statusCode?: number };
  const status = error instanceof HttpException ? error.getStatus() : statusCode;
  if (isMalformed(error)) return new AppError('MALFORMED_JSON');
  const known = status === undefined ? undefined : BY_STATUS[status];
  if (!known || (status ?? 500) >= 500) return null;
  return new AppError(known, {
    ...(known === 'TOO_LARGE' && { params: { limitBytes: bodyLimitBytes } }),
    ...(known === 'UNSUPPORTED_MEDIA_TYPE' && { params: { expected: 'application/json' } }),
    ...(known === 'INVALID_INPUT' ? { issues: [{ path: '', message: (error as Error).message }] } : {}),
  });
}

/** Nest wraps what Fastify refuses; Fastify's own code stays in the cause. */
function isMalformed(error: unknown): boolean {
  const origin = error instanceof HttpException ? (error.cause ?? error) : error;
  return MALFORMED.test((origin as { code?: string } | null)?.code ?? '');
}

export function problemOf(error: AppError, language: 'id' | 'en', requestId: string) {
  const { code, status, extras } = error;
  const { params, blockers, allowed, issues } = extras;
  return {
    type: `urn:alur:problem:${code}`,
    title: code,
    status,
    code,
    detail: error.detail(language),
    details: { id: error.detail('id'), en: error.detail('en') },
    requestId,
    ...(params && { params }),
    ...(blockers && { blockers }),
    ...(allowed && { allowed }),
    ...(issues && { issues }),
  };
}

export function sendProblem(error: AppError, request: FastifyRequest, reply: FastifyReply): void {
  const language = languageOf(request.headers['accept-language']);
  const { retryAfterSeconds } = error.extras;
  if (reply.sent || reply.raw.headersSent) return;
  if (retryAfterSeconds !== undefined) void reply.header('Retry-After', String(retryAfterSeconds));
  if (error.status === 401) void reply.header('WWW-Authenticate', 'Bearer');
  drain(request);
  // Also where no hook comes by: an address that cannot be read.
  secure(request.url, reply);
  void reply
    .status(ERRORS[error.code].status)
    .header('Content-Type', 'application/problem+json; charset=utf-8')
    .header('Content-Language', language)
    .header('X-Request-Id', request.id)
    .send(JSON.stringify(problemOf(error, language, request.id)));
}

/** A body refused before it was read to its end would block the connection for whoever comes next on it. */
function drain({ raw }: FastifyRequest): void {
  if (raw.readableEnded || raw.destroyed) return;
  raw.unpipe();
  raw.resume();
}

@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger('problem');

  constructor(
    private readonly metrics: Metrics,
    private readonly bodyLimitBytes: number,
    private readonly routes: KnownRoutes,
    private readonly refusals: Refusals,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const known = this.wrongMethod(thrown, request, reply) ?? asAppError(thrown, this.bodyLimitBytes);
    if (!known)
      this.log.error(
        `request ${request.id}: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`,
      );
    const error = known ?? new AppError('INTERNAL');
    if (error.status === 401 || error.status === 403) this.log.warn(`request ${request.id} denied: ${error.code}`);
    this.metrics.refusals.inc({ code: error.code });
    this.keep(error, request);
    sendProblem(error, request, reply);
  }

  /** Whose attempt it was, for the audit report; a request by nobody is only counted. */
  private keep(error: AppError, request: FastifyRequest & { actor?: Reader }): void {
    const { actor, method } = request;
    const path = request.routeOptions.url;
    if (!actor || path === undefined) return;
    const { id = '' } = request.params as Readonly<Record<string, string>>;
    const caseId = path.includes('/cases/:id') && UUID.test(id) ? id.toLowerCase() : null;
    this.refusals.note({ actor, method, path, caseId }, error);
  }

  /** Nest's router knows no 405: a path that takes other methods says which. */
  private wrongMethod(thrown: unknown, { url, method }: FastifyRequest, reply: FastifyReply): AppError | null {
    if (!(thrown instanceof NotFoundException)) return null;
    const methods = this.routes.methodsOf(url);
    if (methods.length === 0 || methods.includes(method)) return null;
    void reply.header('Allow', methods.join(', '));
    return new AppError('METHOD_NOT_ALLOWED');
  }
}
