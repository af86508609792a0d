/** OpenAPI 3.1 at /api/openapi.json, and a page to browse and try it at /api/docs. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RELEASES } from '../../machines/registry.js';
import { ERRORS } from '../errors.js';
import { jsonSchema } from './openapi.js';
import { schemas } from './shapes/shapes.js';

const DESCRIPTION = `
Runs a government office's paper procedure (SOP) as a state machine.

**Reading and writing.** Every answer that speaks of a case carries its \`stepSeq\`, also as \`ETag\`. A transition sends it
back as \`If-Match\`; when the case has moved on since, it is refused with 412 and nothing is written. An
\`Idempotency-Key\` makes a request safe to repeat: the same key and body get the same answer.

**What may I do?** \`allowed\` lists the events you may send now, each with its payload schema and what it still needs;
\`blocked\` lists the others, each with the reasons.

**Problems** are \`application/problem+json\` (RFC 9457) with a stable \`code\`; \`detail\` is in Bahasa Indonesia, or in
English with \`Accept-Language: en\`. Instants are UTC; minutes are working minutes of the office.
`;

const ON_BEHALF_OF = {
  name: 'On-Behalf-Of',
  in: 'header',
  required: false,
  description: 'Client applications only: login of the officer acted for.',
  schema: { type: 'string' },
} as const;

const INSPECT_OFFICE = {
  name: 'Inspect-Office',
  in: 'header',
  required: false,
  description:
    'GET only: code of an office you inspect (`/inspection/offices`); the request is answered for it, to its inspector.',
  schema: { type: 'string' },
} as const;

export function openApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Alur')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .addGlobalParameters(ON_BEHALF_OF, INSPECT_OFFICE)
    .build();
  const document = SwaggerModule.createDocument(app, builder, { autoTagControllers: false });
  const payloads = RELEASES.flatMap(({ service }) =>
    Object.values(service.events).map(({ schema, payload, example }) => [schema, { ...jsonSchema(payload), example }]),
  );
  const codes = { type: 'string', enum: Object.keys(ERRORS) };
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, ...schemas(codes), ...(Object.fromEntries(payloads) as object) },
  };
  return document;
}

/** Anybody may ask, as often as they like: the document is made once, and so is its text, which Nest would make anew each time. */
export function serveDocs(app: NestFastifyApplication): void {
  let made: OpenAPIObject | undefined;
  let text: Buffer | undefined;
  const document = () => (made ??= openApiDocument(app));
  app.getHttpAdapter().get('/api/openapi.json', (_request: FastifyRequest, reply: FastifyReply) => {
    text ??= Buffer.from(JSON.stringify(document()));
    void reply.type('application/json').send(text);
  });
  SwaggerModule.setup('api/docs', app, document, {
    raw: false,
    customSiteTitle: 'Alur API',
    swaggerOptions: { persistAuthorization: true, displayRequestDuration: true, docExpansion: 'none' },
  });
}
