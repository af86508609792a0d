/** Doors of the head of the agency (Kepala Dinas): SOP row 3. */
import { Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Role } from '../../../machines/contract.js';
import { Me, type Reader } from '../../access/actor.guard.js';
import { Engine } from '../../engine/engine.service.js';
import { Inbox } from '../../engine/inbox.service.js';
import { Door, Sent } from '../door.js';
import { InboxRoute, pageQuery, type PageQuery } from '../inbox.js';

const KADIN: readonly Role[] = ['kadin'];

@ApiTags('kadin')
@Controller('kadin')
export class KadinController {
  constructor(
    private readonly engine: Engine,
    private readonly inbox: Inbox,
  ) {}

  @InboxRoute(KADIN)
  mine(@Me() me: Reader, @Query({ schema: pageQuery }) page: PageQuery) {
    return this.inbox.page(me, KADIN, page);
  }

  @Door(KADIN, 'ISSUE_DISPOSITION')
  issueDisposition(@Sent() { actor, intent }: Sent) {
    return this.engine.send(actor, intent);
  }

  @Door(KADIN, 'REJECT')
  reject(@Sent() { actor, intent }: Sent) {
    return this.engine.send(actor, intent);
  }

  @Door(KADIN, 'RECALL_DISPOSITION')
  recallDisposition(@Sent() { actor, intent }: Sent) {
    return this.engine.send(actor, intent);
  }

  @Door(KADIN, 'HOLD')
  hold(@Sent() { actor, intent }: Sent) {
    return this.engine.send(actor, intent);
  }

  @Door(KADIN, 'RESUME')
  resume(@Sent() { actor, intent }: Sent) {
    return this.engine.send(actor, intent);
  }
}
