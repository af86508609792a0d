/** The administrator's own office, and the record of what was changed in it. */
import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { ForRoles, Me, type Reader } from '../access/actor.guard.js';
import { cursorOf, instantKey, readCursor } from '../http/cursor.js';
import { Answers, Gives } from '../http/openapi.js';
import { officeChange, pageQuery, roleTitle, type OfficeChange, type PageQuery } from './admin.schemas.js';
import { AdminStore } from './admin.store.js';
import { authorOf, READ_CODES, WRITE_CODES } from './author.js';
import { OfficesStore } from './office.store.js';

@ApiTags('admin')
@ApiBearerAuth()
@ForRoles('admin')
@Controller('admin')
export class AdminOfficeController {
  constructor(
    private readonly offices: OfficesStore,
    private readonly store: AdminStore,
  ) {}

  @Get('office')
  @ApiOperation({ summary: 'Read the office', description: 'Your own.\n\nRoles: admin.' })
  @Gives(200, 'Office', 'The office.')
  @Answers(READ_CODES)
  read(@Me() { officeId }: Reader) {
    return this.offices.read(officeId);
  }

  @Post('office')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Change the office',
    description:
      'Your own: its name, and how it writes the numbers of its letters. Numbers that were given out before stay as they ' +
      'were written.\n\nRoles: admin.',
  })
  @Gives(200, 'Office', 'The office.')
  @Answers(WRITE_CODES)
  async change(@Me() me: Reader, @Body({ schema: officeChange }) change: OfficeChange) {
    await this.offices.change(authorOf(me), change);
    return this.offices.read(me.officeId);
  }

  @Post('office/titles')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Name a role anew',
    description:
      'The title a role has on paper from a day on, as after a reorganisation; the role itself, and who holds it, stay. ' +
      'Notices use the title of the day they are written.\n\nRoles: admin.',
  })
  @Gives(200, 'Office', 'The office, with all titles.')
  @Answers(WRITE_CODES)
  async entitle(@Me() me: Reader, @Body({ schema: roleTitle }) title: z.infer<typeof roleTitle>) {
    await this.offices.entitle(authorOf(me), title);
    return this.offices.read(me.officeId);
  }

  @Get('log')
  @ApiOperation({
    summary: 'What administrators changed',
    description: 'Newest first: who, when, the old and the new value. Nobody can change it.\n\nRoles: admin.',
  })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 100, default: 25 } })
  @ApiQuery({ name: 'cursor', required: false, schema: { type: 'string' } })
  @Gives(200, 'AdminLog', 'One page.')
  @Answers(['INVALID_INPUT', 'INVALID_CURSOR', ...READ_CODES])
  async log(@Me() { officeId }: Reader, @Query({ schema: pageQuery }) { limit, cursor }: PageQuery) {
    const rows = await this.store.log(officeId, readCursor(cursor, instantKey), limit + 1);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const next = rows.length > limit && last ? cursorOf([Math.floor(last.atMs), last.id]) : null;
    return { items: shown.map(({ atMs: _, ...item }) => item), next };
  }
}
