/** Doors of the section head (Kepala Seksi): confirms SOP row 8, cancels, holds and resumes. */
import { Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Role } from '../../../machines/contract.js';
import { Me, type Reader } from '../../access/actor.guard.js';
import { Engine } from '../../engine/engine.service.js';
import { Inbox } from '../../engine/inbox.service.js';
import { Door, Sent } from '../door.js';
import { InboxRoute, pageQuery, type PageQuery } from '../inbox.js';

const KASI: readonly Role[] = ['kasi'];

@ApiTags('kasi')
@Controller('kasi')
export class KasiController {
  constructor(
    private readonly engine: Engine,
    private readonly inbox: Inbox,
  ) {}

  @InboxRoute(KASI)
  mine(@Me() me: Reader, @Query({ schema: pageQuery }) page: PageQuery) {
    return this.inbox.page(me, KASI, page);
  }

  @Door(KASI, 'CONFIRM_ARCHIVE')
  confirmArchive(@Sent() { actor, intent }: Sent) {
    return this.engine.send(actor, intent);
  }

  @Door(KASI, 'CANCEL')
  cancel(@Sent() { actor, intent }: Sent) {
    return this.engine.send(actor, intent);
  }

  @Door(KASI, 'HOLD')
  hold(@Sent() { actor, intent }: Sent) {
    return this.engine.send(actor, intent);
  }

  @Door(KASI, 'RESUME')
  resume(@Sent() { actor, intent }: Sent) {
    return this.engine.send(actor, intent);
  }
}
