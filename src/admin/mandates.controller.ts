/** Inspectors of other offices whom this office lets in, by a letter of the inspectorate and for a time. */
import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { ForRoles, Me, type Reader } from '../access/actor.guard.js';
import { Answers, Gives } from '../http/openapi.js';
import { Id } from '../http/request.js';
import { newMandate, pageQuery, type PageQuery } from './admin.schemas.js';
import { authorOf, found, READ_CODES, WRITE_CODES } from './author.js';
import { MandatesStore } from './mandates.store.js';
import { PageParameters, pageOf } from './page.js';

@ApiTags('admin')
@ApiBearerAuth()
@ForRoles('admin')
@Controller('admin/inspection-mandates')
export class AdminMandatesController {
  constructor(private readonly mandates: MandatesStore) {}

  @Get()
  @ApiOperation({ summary: 'Who inspects from outside', description: 'Past, present and to come.\n\nRoles: admin.' })
  @PageParameters()
  @Gives(200, 'Mandates', 'One page of the mandates, oldest first.')
  @Answers([...READ_CODES, 'INVALID_CURSOR'])
  list(@Me() { officeId }: Reader, @Query({ schema: pageQuery }) query: PageQuery) {
    return pageOf(query, (after, rows) => this.mandates.list(officeId, after, rows));
  }

  @Post()
  @ApiOperation({
    summary: 'Let somebody of another office inspect',
    description:
      'By the number of their letter of assignment; from now on where no date is given; sent twice, it is one. They read as an inspector of this ' +
      'office does, and write nothing. `accountId` is theirs (`GET /inspection/offices` tells them). 404: no officer of ' +
      'another office has it, or `until` is over.\n\nRoles: admin.',
  })
  @Gives(201, 'Mandate', 'The mandate.')
  @Answers(WRITE_CODES)
  async give(@Me() me: Reader, @Body({ schema: newMandate }) body: z.infer<typeof newMandate>) {
    return { id: found(await this.mandates.give(authorOf(me), body)), ...body };
  }

  @Post(':id/end')
  @HttpCode(200)
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @ApiOperation({
    summary: 'End an inspection from outside',
    description:
      'Now, for every process within two seconds; one that has not begun never opens anything.\n\nRoles: admin.',
  })
  @Gives(200, 'Id', 'The mandate.')
  @Answers(WRITE_CODES)
  async end(@Me() me: Reader, @Id() id: string) {
    found(await this.mandates.end(authorOf(me), id));
    return { id };
  }
}
