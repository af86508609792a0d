/** Where an inspector may look. */
import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Answers, Gives } from '../http/openapi.js';
import { Me, type Reader } from './actor.guard.js';
import { MandateStore } from './mandates.store.js';

@ApiTags('inspection')
@ApiBearerAuth()
@Controller('inspection/offices')
export class InspectedOfficesController {
  constructor(private readonly mandates: MandateStore) {}

  @Get()
  @ApiOperation({
    summary: 'Offices you inspect',
    description:
      'Your own where you are its inspector, and those that let you in by a letter, today. Send the `code` of one as ' +
      '`Inspect-Office` with any GET, and it is answered for that office. `accountId` is what its administrator needs to ' +
      'let you in.\n\nRoles: any.',
  })
  @Gives(200, 'InspectedOffices', 'By code; none where you inspect nothing.')
  @Answers(['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'])
  async list(@Me() { accountId, homeOfficeId }: Reader) {
    return { accountId, items: await this.mandates.officesOf(accountId, homeOfficeId) };
  }
}
