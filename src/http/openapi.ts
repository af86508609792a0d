/** Decorators that say in OpenAPI what a route takes and answers: schema, a body that works, roles, problem codes. */
import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiExtension, ApiResponse, type SchemaObject } from '@nestjs/swagger';
import { toJSONSchema, type ZodType } from 'zod';
import { ERRORS, type ErrorCode } from '../errors.js';
import { ref } from './shapes/shape.js';
import type { ShapeName } from './shapes/shapes.js';
import { TakesBody } from './unlisted.js';

/** JSON schema of a zod schema, as OpenAPI 3.1 takes it. */
export function jsonSchema(schema: ZodType): SchemaObject {
  const { $schema: _, ...rest } = toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest as SchemaObject;
}

/** A JSON body with its named schema and an example that works as it stands. */
export function ExampleBody(title: string, schema: ZodType, example: object) {
  const shown = { title, ...jsonSchema(schema), example } as SchemaObject;
  return applyDecorators(TakesBody(), ApiBody({ required: true, schema: shown }));
}

/** A JSON answer of a named shape. */
export function Gives(status: 200 | 201 | 202, shape: ShapeName, description: string) {
  return ApiResponse({ status, description, schema: ref(shape) });
}

/** INVALID_INPUT: what a route does not list is refused (unlisted.ts). */
const ALWAYS = ['INVALID_INPUT', 'RATE_LIMITED', 'INTERNAL', 'UNAVAILABLE'] as const satisfies readonly ErrorCode[];

/** The problem codes a route may answer with, grouped by status. */
export function Answers(codes: readonly ErrorCode[]) {
  const byStatus = new Map<number, ErrorCode[]>();
  const all = [...new Set([...codes, ...ALWAYS])];
  for (const code of all) {
    const { status } = ERRORS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return applyDecorators(
    ApiExtension('x-problem-codes', all),
    ...[...byStatus].map(([status, list]) =>
      ApiResponse({
        status,
        description: list.map((code) => `\`${code}\`: ${ERRORS[code].en}`).join('\n\n'),
        content: {
          'application/problem+json': {
            schema: { $ref: '#/components/schemas/Problem' },
            example: problemExample(list[0] ?? 'INTERNAL'),
          },
        },
      }),
    ),
  );
}

function problemExample(code: ErrorCode): object {
  const { status, en, id } = ERRORS[code];
  return { type: `urn:alur:problem:${code}`, title: code, status, code, detail: id, details: { id, en } };
}
