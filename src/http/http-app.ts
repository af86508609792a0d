/** The HTTP side: limits, hooks, problem details, documentation page. */
import { randomUUID } from 'node:crypto';
import multipart from '@fastify/multipart';
import { StandardSchemaValidationPipe, type NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { AppModule } from '../app.module.js';
import { Refusals } from '../access/refusals.js';
import type { Tokens } from '../access/tokens.js';
import type { AppConfig } from '../app-config.js';
import type { Config } from '../config.js';
import { textOf } from '../engine/answer-text.js';
import { AppError } from '../errors.js';
import { nestLog } from '../ops/logger.js';
import { Metrics } from '../ops/metrics.js';
import { answerClientError } from './client-error.js';
import { serveDocs } from './docs.js';
import { giveUpWith } from './given-up.js';
import { readJsonBodies } from './json-body.js';
import { KnownRoutes } from './known-routes.js';
import { refuseOddInput } from './odd-input.js';
import { HEADERS_MS, requestMs } from './patience.js';
import { asAppError, ProblemFilter, sendProblem } from './problem.filter.js';
import { secure } from './security-headers.js';
import { RefuseUnlisted } from './unlisted.js';

export const BODY_LIMIT_BYTES = 1024 ** 2;
/** A caller mends a few at a time; a long list says no more, nor does a long sentence. */
const ISSUES_SHOWN = 50;
const MESSAGE_LENGTH = 500;
const API = '/api/v1';
const OUTSIDE_PREFIX = ['healthz', 'readyz', 'metrics'];

export async function createHttpApp(
  config: Config,
  appConfig: AppConfig,
  tokens: Tokens,
  logger: Logger,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    trustProxy: config.trustedProxies ?? false,
    forceCloseConnections: 'idle',
    requestTimeout: requestMs(appConfig.uploadMaxBytes),
    http: { headersTimeout: HEADERS_MS },
    keepAliveTimeout: 65_000,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: unreadableAddress,
    clientErrorHandler: answerClientError,
  });
  // Fastify itself reads JSON and text; ours are JSON, and forms where a paper is uploaded. Anything else is a 415.
  adapter.getInstance().removeContentTypeParser('text/plain');
  readJsonBodies(adapter.getInstance());
  const routes = new KnownRoutes();
  adapter.getInstance().addHook('onRoute', (route) => routes.add(route));
  const options: NestApplicationOptions = { logger: nestLog(logger), abortOnError: false, bodyParser: false };
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.for(config, appConfig, tokens),
    adapter,
    options,
  );
  const metrics = app.get(Metrics);
  app.setGlobalPrefix('api/v1', { exclude: OUTSIDE_PREFIX });
  app.useGlobalFilters(new ProblemFilter(metrics, BODY_LIMIT_BYTES, routes, app.get(Refusals)));
  app.useGlobalGuards(new RefuseUnlisted());
  app.useGlobalPipes(new SchemaPipe({ exceptionFactory: invalidInput }));
  await app.register(multipart, {
    // One byte more, so that it is our own count that refuses, and names the limit.
    limits: { fileSize: appConfig.uploadMaxBytes + 1, files: 1, fields: 5, fieldSize: 8192, parts: 6 },
  });
  addHooks(app, metrics, logger);
  if (appConfig.runsApi) serveDocs(app);
  await app.init();
  return app;
}

/** An address Fastify cannot read never reaches Nest, nor its filter. */
function unreadableAddress(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  sendProblem(asAppError(error, BODY_LIMIT_BYTES) ?? new AppError('INVALID_INPUT'), request, reply);
}

/** Inherited names never get this far (odd-input.ts), and taking them out would make every body an object of the slow kind. */
class SchemaPipe extends StandardSchemaValidationPipe {
  protected override stripProtoKeys(): void {
    return;
  }
}

interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

function invalidInput(issues: readonly SchemaIssue[]): AppError {
  return new AppError('INVALID_INPUT', {
    issues: issues.slice(0, ISSUES_SHOWN).map(({ message, path = [] }) => ({
      path: path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
      message: message.length > MESSAGE_LENGTH ? `${message.slice(0, MESSAGE_LENGTH)} …` : message,
    })),
  });
}

function addHooks(app: NestFastifyApplication, metrics: Metrics, logger: Logger): void {
  const server = app.getHttpAdapter().getInstance();
  server.addHook('preValidation', (request: FastifyRequest, _reply, done) => {
    try {
      refuseOddInput(request.body);
      refuseOddInput(request.query);
      done();
    } catch (error) {
      done(error as Error);
    }
  });
  // A connection that was busy when the stop began would else be kept, idle, for keepAliveTimeout.
  let stopping = false;
  server.addHook('preClose', (done) => {
    stopping = true;
    done();
  });
  // At once, since a stream takes the headers that are there when it begins, and no hook comes by later.
  server.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done) => {
    // Else the route's address, where there is one: the router decodes what was sent, and takes whole URLs.
    const address = request.url.startsWith(API) ? request.url : (request.routeOptions.url ?? request.url);
    secure(address, reply);
    void reply.header('X-Request-Id', request.id);
    if (address.startsWith(API)) void reply.header('Cache-Control', 'no-store');
    done();
  });
  server.addHook('onSend', (request: FastifyRequest, reply: FastifyReply, payload, done) => {
    if (stopping) void reply.header('Connection', 'close');
    giveUpWith(request.raw.socket, payload);
    done();
  });
  // An answer that speaks of a case carries its step sequence as ETag: what If-Match wants back.
  server.addHook('preSerialization', (_request, reply: FastifyReply, body: unknown, done) => {
    const stepSeq = (body as { stepSeq?: unknown } | null)?.stepSeq;
    if (typeof stepSeq === 'number') {
      void reply.header('ETag', `"${stepSeq}"`);
      const text = textOf(body as object);
      // What replaces the answer, should anything fail yet, comes as a text of its own.
      if (text !== null) void reply.serializer((given) => (typeof given === 'string' ? given : text));
    }
    done(null, body);
  });
  server.addHook('onResponse', (request: FastifyRequest, reply: FastifyReply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const { method } = request;
    metrics.observeRequest(method, route, reply.statusCode, reply.elapsedTime);
    if (logger.isLevelEnabled('debug')) {
      const ms = Math.round(reply.elapsedTime);
      logger.debug({ requestId: request.id, method, route, status: reply.statusCode, ms }, 'request');
    }
    done();
  });
}
