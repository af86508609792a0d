/** Roles of an account: by appointment, or by order for somebody else. */
import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { ForRoles, Me, type Reader } from '../access/actor.guard.js';
import { AppError } from '../errors.js';
import { Answers, Gives } from '../http/openapi.js';
import { Id } from '../http/request.js';
import { AccountsStore } from './accounts.store.js';
import { newGrant, newOrder, pageQuery, type PageQuery } from './admin.schemas.js';
import { authorOf, found, READ_CODES, WRITE_CODES } from './author.js';
import { GrantsStore, type Given } from './grants.store.js';
import { PageParameters, pageOf } from './page.js';

@ApiTags('admin')
@ApiBearerAuth()
@ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
@ForRoles('admin')
@Controller('admin')
export class AdminGrantsController {
  constructor(
    private readonly accounts: AccountsStore,
    private readonly grants: GrantsStore,
  ) {}

  @Get('accounts/:id/grants')
  @ApiOperation({ summary: 'List the roles of an account', description: 'Past, present and to come.\n\nRoles: admin.' })
  @PageParameters()
  @Gives(200, 'Grants', 'One page of the grants, oldest first.')
  @Answers([...READ_CODES, 'INVALID_CURSOR'])
  async list(@Me() { officeId }: Reader, @Id() id: string, @Query({ schema: pageQuery }) query: PageQuery) {
    found(await this.accounts.find(officeId, id));
    return pageOf(query, (after, rows) => this.grants.list(officeId, id, after, rows));
  }

  @Post('accounts/:id/grants')
  @ApiOperation({
    summary: 'Grant a role',
    description:
      'By appointment; from now on where no date is given; sent twice, it is one. Not to yourself; and who administers or inspects carries out no steps.\n\nRoles: admin.',
  })
  @Gives(201, 'Grant', 'The grant.')
  @Answers([...WRITE_CODES, 'OWN_ACCOUNT', 'DUTIES_APART'])
  async grant(@Me() me: Reader, @Id() accountId: string, @Body({ schema: newGrant }) body: z.infer<typeof newGrant>) {
    refuseOwn(me, accountId);
    const { role, from = null, until = null } = body;
    const account = found(await this.accounts.find(me.officeId, accountId));
    const id = await this.grants.grant(authorOf(me), accountId, role, from, until);
    if (id === null && account.kind === 'officer') {
      throw new AppError('INVALID_INPUT', { issues: [{ path: 'until', message: 'is over already' }] });
    }
    return { id: found(onceOnly(id)), ...body };
  }

  @Post('accounts/:id/acting-orders')
  @ApiOperation({
    summary: 'Order somebody to act',
    description:
      'Plh. for somebody absent, Plt. for a vacant place, by a letter and for a time. Only for somebody who holds the ' +
      'role by appointment (Plt.: held it before): nobody acts for somebody who acts. Plh. ends with that appointment, if it ends first. Sent twice, it is one.\n\nRoles: admin.',
  })
  @Gives(201, 'ActingOrder', 'The grant.')
  @Answers([...WRITE_CODES, 'OWN_ACCOUNT', 'NOTHING_TO_ACT_FOR', 'DUTIES_APART'])
  async order(@Me() me: Reader, @Id() accountId: string, @Body({ schema: newOrder }) body: z.infer<typeof newOrder>) {
    refuseOwn(me, accountId);
    found(await this.accounts.find(me.officeId, accountId));
    if (body.actingFor === accountId) {
      throw new AppError('INVALID_INPUT', { issues: [{ path: 'actingFor', message: 'must be somebody else' }] });
    }
    const id = onceOnly(await this.grants.order(authorOf(me), accountId, body));
    if (id === null) throw new AppError('NOTHING_TO_ACT_FOR', { params: { role: body.role } });
    return { id, ...body };
  }

  @Post('grants/:id/end')
  @HttpCode(200)
  @ApiOperation({ summary: 'End a role', description: 'Now; one that has not begun is never held.\n\nRoles: admin.' })
  @Gives(200, 'Id', 'The grant.')
  @Answers(WRITE_CODES)
  async end(@Me() me: Reader, @Id() id: string) {
    found(await this.grants.end(authorOf(me), id));
    return { id };
  }
}

/** Somebody else looks at who gets a role. */
function refuseOwn(me: Reader, accountId: string): void {
  if (authorOf(me).accountId === accountId) throw new AppError('OWN_ACCOUNT');
}

/** An earlier beginning of what is given already would be a second one beside it. */
function onceOnly(given: Given): string | null {
  if (given !== false) return given;
  const message = 'the same is given from a later day on: end that first';
  throw new AppError('INVALID_INPUT', { issues: [{ path: 'from', message }] });
}
