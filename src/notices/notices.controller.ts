/** The bell of the person who asks: list, acknowledge, and a stream that resumes where it broke off. */
import { Controller, Delete, Get, Headers, HttpCode, Post, Query, Req, Sse, type MessageEvent } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Observable } from 'rxjs';
import { z } from 'zod';
import { ActorGuard, Me, type Reader, type Request } from '../access/actor.guard.js';
import { AppError } from '../errors.js';
import { cursorOf, readCursor } from '../http/cursor.js';
import { languageOf } from '../http/language.js';
import { Answers, Gives } from '../http/openapi.js';
import { Id } from '../http/request.js';
import { NoticeStore, type StreamedNotice } from './notices.store.js';
import { NoticeStream } from './notices.stream.js';

const noticeQuery = z.strictObject({
  open: z.enum(['true', 'false']).default('false'),
  limit: z.coerce.number().int().min(1).max(100).default(25),
  cursor: z.string().max(400).optional(),
});
const cursorKey = z.tuple([z.string().regex(/^\d{1,19}$/), z.uuid()]);

/** FORBIDDEN and NOT_FOUND: for an On-Behalf-Of that may not be or is nobody. */
const CODES = ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'] as const;

@ApiTags('notices')
@ApiBearerAuth()
@Controller('notices')
export class NoticesController {
  constructor(
    private readonly store: NoticeStore,
    private readonly streams: NoticeStream,
    private readonly guard: ActorGuard,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'My notices',
    description: 'Newest first, in the language of Accept-Language.\n\nRoles: any.',
  })
  @ApiQuery({ name: 'open', required: false, schema: { type: 'string', enum: ['true', 'false'], default: 'false' } })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 100, default: 25 } })
  @ApiQuery({ name: 'cursor', required: false, schema: { type: 'string' } })
  @Gives(200, 'Notices', 'One page, and how many are not acknowledged.')
  @Answers(['INVALID_INPUT', 'INVALID_CURSOR', ...CODES])
  async list(
    @Me() { officeId, accountId }: Reader,
    @Query({ schema: noticeQuery }) { open, limit, cursor }: z.infer<typeof noticeQuery>,
    @Headers('accept-language') wish: string | undefined,
  ) {
    const key = readCursor(cursor, cursorKey);
    const before = key && { xid: key[0], id: key[1] };
    const rows = await this.store.list(officeId, accountId, open === 'true', before, limit + 1);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: shown.map((notice) => present(notice, languageOf(wish))),
      next: rows.length > limit && last ? cursorOf([last.xid, last.id]) : null,
      open: await this.store.countOpen(officeId, accountId),
    };
  }

  @Post(':id/acknowledge')
  @HttpCode(200)
  @ApiOperation({ summary: 'Acknowledge a notice', description: 'Repeating it changes nothing.\n\nRoles: any.' })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @Gives(200, 'Acknowledged', 'When it was acknowledged.')
  @Answers(['INVALID_INPUT', 'MALFORMED_JSON', 'TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', ...CODES])
  async acknowledge(@Me() { officeId, accountId }: Reader, @Id() id: string) {
    const notice = await this.store.acknowledge(officeId, accountId, id);
    if (!notice) throw new AppError('NOT_FOUND');
    return { id, acknowledgedAt: notice.acknowledgedAt };
  }

  @Delete(':id/acknowledge')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Take an acknowledgement back',
    description:
      'The notice is open again. Repeating it changes nothing. One that says that deliveries fail stays acknowledged while a ' +
      'later one of its kind is open.\n\nRoles: any.',
  })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @Gives(200, 'Reopened', 'As it now stands.')
  @Answers(['INVALID_INPUT', 'MALFORMED_JSON', 'TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', ...CODES])
  async reopen(@Me() { officeId, accountId }: Reader, @Id() id: string) {
    const notice = await this.store.reopen(officeId, accountId, id);
    if (!notice) throw new AppError('NOT_FOUND');
    return { id, acknowledgedAt: notice.acknowledgedAt };
  }

  @Sse('stream')
  @ApiOperation({
    summary: 'My notices as they come',
    description:
      'Server-sent events. Send the last id you saw as Last-Event-ID and nothing is missed. It ends within seconds when the ' +
      'token expires, the sign-in ends or the account is disabled. Five at once for one account; then `RATE_LIMITED`.\n\nRoles: any.',
  })
  @ApiHeader({ name: 'Last-Event-ID', required: false, schema: { type: 'string' } })
  @ApiResponse({ status: 200, description: 'A stream of notices.', content: { 'text/event-stream': {} } })
  @Answers(['INVALID_CURSOR', ...CODES])
  stream(
    @Me() { officeId, accountId }: Reader,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Headers('accept-language') wish: string | undefined,
    @Req() request: Request,
  ): Promise<Observable<MessageEvent>> {
    const language = languageOf(wish);
    return this.streams.open(
      officeId,
      accountId,
      lastEventId,
      (notice) => present(notice, language),
      () => this.guard.stands(request),
    );
  }
}

function present(
  { textId, textEn, xid: _xid, officeId: _office, recipientId: _recipient, ...rest }: StreamedNotice,
  language: 'id' | 'en',
) {
  return { ...rest, text: language === 'id' ? textId : textEn };
}
