/** The services as data: what a client needs to draw a form, a reader to see the way, and a picture of it. */
import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Registry, type Registered } from '../../machines/registry.js';
import { Me, type Reader } from '../access/actor.guard.js';
import { Engine } from '../engine/engine.service.js';
import { AppError } from '../errors.js';
import { Answers, Gives } from '../http/openapi.js';
import { uuidOf } from '../http/request.js';
import { mermaid, svg } from './diagram.js';
import { describe } from './service-description.js';

const diagramQuery = z.strictObject({
  format: z.enum(['mermaid', 'svg']).default('mermaid'),
  /** A case of this service: its present state is marked. */
  case: z.string().max(60).optional(),
});
const CODES = ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'] as const;

@ApiTags('services')
@ApiBearerAuth()
@Controller('services')
export class ServicesController {
  constructor(
    private readonly registry: Registry,
    private readonly engine: Engine,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'List services',
    description: 'One entry for each SOP, at the version new cases get.\n\nRoles: any.',
  })
  @Gives(200, 'Services', 'Services open for new cases.')
  @Answers(CODES)
  list() {
    return {
      items: this.registry.current().map(({ service, hash }) => ({
        id: service.id,
        version: service.version,
        hash,
        title: service.title,
        sop: service.sop,
      })),
    };
  }

  @Get(':service')
  @ApiOperation({
    summary: 'Read a service',
    description:
      'The machine as data: states, steps with minutes and papers, transitions with roles, payload schemas.\n\nRoles: any.',
  })
  @ApiParam({ name: 'service', schema: { type: 'string', example: 'kim-member-service' } })
  @Gives(200, 'Service', 'The service.')
  @Answers(CODES)
  one(@Param('service') id: string) {
    return describe(this.find(id));
  }

  @Get(':service/diagram')
  @ApiOperation({
    summary: 'Draw a service',
    description:
      'As Mermaid text or SVG; with `case`, on the version it runs on and with its present state marked.\n\nRoles: any.',
  })
  @ApiParam({ name: 'service', schema: { type: 'string', example: 'kim-member-service' } })
  @ApiQuery({
    name: 'format',
    required: false,
    schema: { type: 'string', enum: ['mermaid', 'svg'], default: 'mermaid' },
  })
  @ApiQuery({ name: 'case', required: false, schema: { type: 'string', format: 'uuid' } })
  @ApiResponse({ status: 200, description: 'The picture.', content: { 'text/plain': {}, 'image/svg+xml': {} } })
  @Answers(['INVALID_INPUT', ...CODES])
  async diagram(
    @Me() me: Reader,
    @Param('service') id: string,
    @Query({ schema: diagramQuery }) query: z.infer<typeof diagramQuery>,
    @Res() reply: FastifyReply,
  ) {
    const { registered, state } = await this.subject(me, id, query.case);
    const text = mermaid(registered.service, state);
    if (query.format === 'mermaid') return reply.type('text/plain; charset=utf-8').send(text);
    return reply.type('image/svg+xml').send(await svg(registered.service, state));
  }

  private async subject(me: Reader, id: string, caseId: string | undefined) {
    if (caseId === undefined) return { registered: this.find(id), state: null };
    const { row } = await this.engine.view(me, uuidOf(caseId));
    if (row.service !== id) throw new AppError('NOT_FOUND');
    return { registered: this.engine.registered(row), state: row.state };
  }

  private find(id: string): Registered {
    const found = this.registry.find(id);
    if (!found) throw new AppError('NOT_FOUND');
    return found;
  }
}
