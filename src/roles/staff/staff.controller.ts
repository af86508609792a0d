/** Doors of the administrative staff (Staff Administrasi): SOP rows 1, 2, 4, 5, 7 and the filing of row 8. */
import { Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Role } from '../../../machines/contract.js';
import { Me, type Reader } from '../../access/actor.guard.js';
import { Engine } from '../../engine/engine.service.js';
import { Inbox } from '../../engine/inbox.service.js';
import { Door, Sent } from '../door.js';
import { InboxRoute, pageQuery, type PageQuery } from '../inbox.js';

const STAFF: readonly Role[] = ['staff'];

@ApiTags('staff')
@Controller('staff')
export class StaffController {
  constructor(
    private readonly engine: Engine,
    private readonly inbox: Inbox,
  ) {}

  @InboxRoute(STAFF)
  mine(@Me() me: Reader, @Query({ schema: pageQuery }) page: PageQuery) {
    return this.inbox.page(me, STAFF, page);
  }

  @Door(STAFF, 'RECEIVE_APPLICANT')
  receiveApplicant(@Sent() { actor, intent }: Sent) {
    return this.engine.send(actor, intent);
  }

  @Door(STAFF, 'REGISTER_LETTER')
  registerLetter(@Sent() { actor, intent }: Sent) {
    return this.engine.send(actor, intent);
  }

  @Door(STAFF, 'RECORD_DISPOSITION')
  recordDisposition(@Sent() { actor, intent }: Sent) {
    return this.engine.send(actor, intent);
  }

  @Door(STAFF, 'DELIVER_DISPOSITION')
  deliverDisposition(@Sent() { actor, intent }: Sent) {
    return this.engine.send(actor, intent);
  }

  @Door(STAFF, 'COMPLETE_SERVICE')
  completeService(@Sent() { actor, intent }: Sent) {
    return this.engine.send(actor, intent);
  }

  @Door(STAFF, 'REGISTER_OUTGOING_LETTER')
  registerOutgoingLetter(@Sent() { actor, intent }: Sent) {
    return this.engine.send(actor, intent);
  }

  @Door(STAFF, 'FILE_DOCUMENTS')
  fileDocuments(@Sent() { actor, intent }: Sent) {
    return this.engine.send(actor, intent);
  }

  @Door(STAFF, 'RETURN_INCOMPLETE')
  returnIncomplete(@Sent() { actor, intent }: Sent) {
    return this.engine.send(actor, intent);
  }

  @Door(STAFF, 'RESUBMIT')
  resubmit(@Sent() { actor, intent }: Sent) {
    return this.engine.send(actor, intent);
  }

  @Door(STAFF, 'WITHDRAW')
  withdraw(@Sent() { actor, intent }: Sent) {
    return this.engine.send(actor, intent);
  }

  @Door(STAFF, 'HOLD')
  hold(@Sent() { actor, intent }: Sent) {
    return this.engine.send(actor, intent);
  }

  @Door(STAFF, 'RESUME')
  resume(@Sent() { actor, intent }: Sent) {
    return this.engine.send(actor, intent);
  }
}
