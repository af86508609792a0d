/** Identities of the foreign issuer: which of its tokens speak for an account. */
import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { ForRoles, Me, type Reader } from '../access/actor.guard.js';
import { AppError } from '../errors.js';
import { Answers, Gives } from '../http/openapi.js';
import { Id, uuidOf } from '../http/request.js';
import { AccountsStore } from './accounts.store.js';
import { newIdentity } from './admin.schemas.js';
import { authorOf, found, READ_CODES, WRITE_CODES } from './author.js';
import { IdentitiesStore } from './identities.store.js';

@ApiTags('admin')
@ApiBearerAuth()
@ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
@ForRoles('admin')
@Controller('admin/accounts/:id/identities')
export class AdminIdentitiesController {
  constructor(
    private readonly accounts: AccountsStore,
    private readonly identities: IdentitiesStore,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List the foreign identities of an account', description: 'Roles: admin.' })
  @Gives(200, 'Identities', 'The identities, by issuer and subject.')
  @Answers(READ_CODES)
  async list(@Me() { officeId }: Reader, @Id() accountId: string) {
    found(await this.accounts.find(officeId, accountId));
    return { items: await this.identities.list(officeId, accountId) };
  }

  @Post()
  @ApiOperation({
    summary: 'Let a foreign identity in',
    description:
      'Access tokens of the configured issuer with this subject then speak for the account.\n\nRoles: admin.',
  })
  @Gives(201, 'Identity', 'The identity; `id` is the account.')
  @Answers([...WRITE_CODES, 'IDENTITY_TAKEN'])
  async add(@Me() me: Reader, @Id() id: string, @Body({ schema: newIdentity }) body: z.infer<typeof newIdentity>) {
    found(await this.accounts.find(me.officeId, id));
    if (!(await this.identities.add(authorOf(me), id, body.issuer, body.subject))) throw new AppError('IDENTITY_TAKEN');
    return { id, ...body };
  }

  @Delete(':identity')
  @HttpCode(204)
  @ApiParam({ name: 'identity', schema: { type: 'string', format: 'uuid' } })
  @ApiOperation({
    summary: 'Take a foreign identity off',
    description: 'Its tokens then speak for nobody, in every process within two seconds.\n\nRoles: admin.',
  })
  @ApiResponse({ status: 204, description: 'It is gone.' })
  @Answers(WRITE_CODES)
  async remove(@Me() me: Reader, @Id() accountId: string, @Param('identity') identity: string): Promise<void> {
    found(await this.identities.remove(authorOf(me), accountId, uuidOf(identity)));
  }
}
