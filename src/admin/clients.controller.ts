/** Client applications and their secrets. */
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { ForRoles, Me, type Reader } from '../access/actor.guard.js';
import { hashPassword, hashSecret, newSecret as makeSecret } from '../access/passwords.js';
import { AppError } from '../errors.js';
import { Answers, Gives } from '../http/openapi.js';
import { Id, uuidOf } from '../http/request.js';
import { AccountsStore } from './accounts.store.js';
import { newClient, newSecret, pageQuery, type PageQuery } from './admin.schemas.js';
import { authorOf, found, READ_CODES, WRITE_CODES } from './author.js';
import { ClientsStore } from './clients.store.js';
import { PageParameters, pageOf } from './page.js';

/** One in use, one to follow it, and a few that somebody forgot. */
const MOST_SECRETS = 5;

@ApiTags('admin')
@ApiBearerAuth()
@ForRoles('admin')
@Controller('admin/clients')
export class AdminClientsController {
  constructor(
    private readonly accounts: AccountsStore,
    private readonly clients: ClientsStore,
  ) {}

  @Post()
  @ApiOperation({
    summary: 'Create a client application',
    description:
      'It signs in at POST /auth/token with its login and a secret. Scope `read` lets it GET, `write` all else.\n\nRoles: admin.',
  })
  @Gives(201, 'Client', 'The client.')
  @Answers([...WRITE_CODES, 'LOGIN_TAKEN'])
  async create(@Me() me: Reader, @Body({ schema: newClient }) { login, name, scopes }: z.infer<typeof newClient>) {
    // A password nobody knows: a client has secrets.
    const account = { login, name, kind: 'client' as const, scopes, passwordHash: await hashPassword(makeSecret()) };
    const id = await this.accounts.create(authorOf(me), account);
    if (id === null) throw new AppError('LOGIN_TAKEN', { params: { login } });
    return { id, login, name, scopes };
  }

  @Get(':id/secrets')
  @ApiOperation({
    summary: 'List secrets of a client',
    description: 'When each was made and ends; never the secret.\n\nRoles: admin.',
  })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @PageParameters()
  @Gives(200, 'Secrets', 'One page of the secrets, newest first.')
  @Answers([...READ_CODES, 'INVALID_CURSOR'])
  async secrets(@Me() { officeId }: Reader, @Id() id: string, @Query({ schema: pageQuery }) query: PageQuery) {
    found(await this.accounts.find(officeId, id));
    return pageOf(query, (after, rows) => this.clients.secrets(officeId, id, after, rows));
  }

  @Post(':id/secrets')
  @ApiOperation({
    summary: 'Give a client a secret',
    description: `The answer alone holds it. Others stay good until they end or are revoked; ${MOST_SECRETS} at most.\n\nRoles: admin.`,
  })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @Gives(201, 'Secret', 'The secret.')
  @Answers([...WRITE_CODES, 'TOO_MANY_SECRETS'])
  async addSecret(
    @Me() me: Reader,
    @Id() clientId: string,
    @Body({ schema: newSecret }) { days }: z.infer<typeof newSecret>,
  ) {
    const secret = makeSecret();
    const id = await this.clients.addSecret(authorOf(me), clientId, hashSecret(secret), days, MOST_SECRETS);
    if (id === false) throw new AppError('TOO_MANY_SECRETS', { params: { limit: MOST_SECRETS } });
    return { id: found(id), secret, days };
  }

  @Post(':id/secrets/:secret/revoke')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Revoke a secret',
    description: 'Ends the sign-ins that came by it, within seconds.\n\nRoles: admin.',
  })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @ApiParam({ name: 'secret', schema: { type: 'string', format: 'uuid' } })
  @Gives(200, 'Id', 'The secret.')
  @Answers(WRITE_CODES)
  async revoke(@Me() me: Reader, @Id() clientId: string, @Param('secret') secret: string) {
    const id = uuidOf(secret);
    found(await this.clients.revoke(authorOf(me), clientId, id));
    return { id };
  }
}
