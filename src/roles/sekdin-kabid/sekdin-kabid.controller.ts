/** Doors of the secretary and the division heads (Sekretaris Dinas, Kepala Bidang): SOP row 6, whoever is named. */
import { Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Role } from '../../../machines/contract.js';
import { Me, type Reader } from '../../access/actor.guard.js';
import { Engine } from '../../engine/engine.service.js';
import { Inbox } from '../../engine/inbox.service.js';
import { Door, Sent } from '../door.js';
import { InboxRoute, pageQuery, type PageQuery } from '../inbox.js';

const SEKDIN_KABID: readonly Role[] = ['sekdin', 'kabid'];

@ApiTags('sekdin-kabid')
@Controller('sekdin-kabid')
export class SekdinKabidController {
  constructor(
    private readonly engine: Engine,
    private readonly inbox: Inbox,
  ) {}

  @InboxRoute(SEKDIN_KABID)
  mine(@Me() me: Reader, @Query({ schema: pageQuery }) page: PageQuery) {
    return this.inbox.page(me, SEKDIN_KABID, page);
  }

  @Door(SEKDIN_KABID, 'FOLLOW_UP_DISPOSITION')
  followUpDisposition(@Sent() { actor, intent }: Sent) {
    return this.engine.send(actor, intent);
  }

  @Door(SEKDIN_KABID, 'HOLD')
  hold(@Sent() { actor, intent }: Sent) {
    return this.engine.send(actor, intent);
  }

  @Door(SEKDIN_KABID, 'RESUME')
  resume(@Sent() { actor, intent }: Sent) {
    return this.engine.send(actor, intent);
  }
}
