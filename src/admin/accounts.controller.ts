/** Accounts of the office's people. */
import { Body, Controller, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import { ForRoles, Me, type Reader } from '../access/actor.guard.js';
import { hashPassword } from '../access/passwords.js';
import { AppError } from '../errors.js';
import { Answers, Gives } from '../http/openapi.js';
import { Id } from '../http/request.js';
import { AccountsStore } from './accounts.store.js';
import { accountChange, newAccount, pageQuery, type PageQuery } from './admin.schemas.js';
import { authorOf, found, READ_CODES, WRITE_CODES } from './author.js';
import { PageParameters, pageOf } from './page.js';

const firstPassword = () => randomBytes(12).toString('base64url');

@ApiTags('admin')
@ApiBearerAuth()
@ForRoles('admin')
@Controller('admin/accounts')
export class AdminAccountsController {
  constructor(private readonly accounts: AccountsStore) {}

  @Get()
  @ApiOperation({
    summary: 'List accounts',
    description: 'People and client applications, with the roles they hold today.\n\nRoles: admin.',
  })
  @PageParameters()
  @Gives(200, 'Accounts', 'One page.')
  @Answers(['INVALID_INPUT', 'INVALID_CURSOR', ...READ_CODES])
  list(@Me() { officeId }: Reader, @Query({ schema: pageQuery }) query: PageQuery) {
    return pageOf(query, (after, rows) => this.accounts.list(officeId, after, rows));
  }

  @Post()
  @ApiOperation({
    summary: 'Create an account',
    description:
      'For a person. The answer alone holds the first password, which opens nothing but its own change.\n\nRoles: admin.',
  })
  @Gives(201, 'NewAccountAnswer', 'The account and its first password.')
  @Answers([...WRITE_CODES, 'LOGIN_TAKEN'])
  async create(@Me() me: Reader, @Body({ schema: newAccount }) { login, name }: z.infer<typeof newAccount>) {
    const password = firstPassword();
    const account = { login, name, kind: 'officer' as const, scopes: null, passwordHash: await hashPassword(password) };
    const id = await this.accounts.create(authorOf(me), account);
    if (id === null) throw new AppError('LOGIN_TAKEN', { params: { login } });
    return { id, login, name, firstPassword: password };
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read an account', description: 'With the roles it holds today.\n\nRoles: admin.' })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @Gives(200, 'Account', 'The account.')
  @Answers(READ_CODES)
  async one(@Me() { officeId }: Reader, @Id() id: string) {
    return found(await this.accounts.find(officeId, id));
  }

  @Patch(':id')
  @ApiOperation({
    summary: 'Change a name or a mail address',
    description: 'Notices are mailed to the address; null, and none are.\n\nRoles: admin.',
  })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @Gives(200, 'Account', 'The account.')
  @Answers(WRITE_CODES)
  async change(
    @Me() me: Reader,
    @Id() id: string,
    @Body({ schema: accountChange }) body: z.infer<typeof accountChange>,
  ) {
    found(await this.accounts.change(authorOf(me), id, body));
    return found(await this.accounts.find(me.officeId, id));
  }

  @Post(':id/disable')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Disable an account',
    description: 'Ends its sign-ins. Repeating it changes nothing.\n\nRoles: admin.',
  })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @Gives(200, 'Account', 'The account.')
  @Answers(WRITE_CODES)
  disable(@Me() me: Reader, @Id() id: string) {
    return this.setDisabled(me, id, true);
  }

  @Post(':id/enable')
  @HttpCode(200)
  @ApiOperation({ summary: 'Enable an account', description: 'Repeating it changes nothing.\n\nRoles: admin.' })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @Gives(200, 'Account', 'The account.')
  @Answers(WRITE_CODES)
  enable(@Me() me: Reader, @Id() id: string) {
    return this.setDisabled(me, id, false);
  }

  @Post(':id/reset-password')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Reset a password',
    description: 'Ends the sign-ins of the account. The answer alone holds the new first password.\n\nRoles: admin.',
  })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @Gives(200, 'FirstPassword', 'The new first password.')
  @Answers(WRITE_CODES)
  async resetPassword(@Me() me: Reader, @Id() id: string) {
    const password = firstPassword();
    found(await this.accounts.resetPassword(authorOf(me), id, await hashPassword(password)));
    return { id, firstPassword: password };
  }

  private async setDisabled(me: Reader, id: string, disabled: boolean) {
    await this.accounts.disable(authorOf(me), id, disabled);
    return found(await this.accounts.find(me.officeId, id));
  }
}
