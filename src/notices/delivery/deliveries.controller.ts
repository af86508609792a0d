/** For the office's admins: what was delivered, what waits, what was given up; and another chance for the last. */
import { Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { ForRoles, Me, type Reader } from '../../access/actor.guard.js';
import { AppError } from '../../errors.js';
import { cursorOf, instantKey, readCursor } from '../../http/cursor.js';
import { Answers, Gives } from '../../http/openapi.js';
import { Id } from '../../http/request.js';
import { DeliveryListStore, STATUSES } from './delivery-list.store.js';
import { DeliveryQueue } from './delivery.queue.js';
import { RetryAll } from './retry-all.js';

const listQuery = z.strictObject({
  status: z.enum(STATUSES).default('parked'),
  limit: z.coerce.number().int().min(1).max(100).default(25),
  cursor: z.string().max(400).optional(),
});

const CODES = ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'] as const;
const WRITES = ['INVALID_INPUT', 'MALFORMED_JSON', 'TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', ...CODES] as const;

@ApiTags('admin')
@ApiBearerAuth()
@ForRoles('admin')
@Controller('admin/deliveries')
export class DeliveriesController {
  constructor(
    private readonly store: DeliveryListStore,
    private readonly queue: DeliveryQueue,
    private readonly retries: RetryAll,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Deliveries by status',
    description:
      'Newest first. `parked`: given up after the last try; `refused`: nothing is gained by trying again (the endpoint is ' +
      'disabled, deleted or gone, the mailbox does not exist). `lastResult` says how the last try ended.\n\nRoles: admin.',
  })
  @ApiQuery({ name: 'status', required: false, schema: { type: 'string', enum: [...STATUSES], default: 'parked' } })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 100, default: 25 } })
  @ApiQuery({ name: 'cursor', required: false, schema: { type: 'string' } })
  @Gives(200, 'Deliveries', 'One page.')
  @Answers(['INVALID_INPUT', 'INVALID_CURSOR', ...CODES])
  async list(@Me() { officeId }: Reader, @Query({ schema: listQuery }) query: z.infer<typeof listQuery>) {
    const key = readCursor(query.cursor, instantKey);
    const before = key && { at: key[0], id: key[1] };
    const rows = await this.store.list(officeId, query.status, before, query.limit + 1);
    const items = rows.slice(0, query.limit);
    const last = items.at(-1);
    const next = rows.length > query.limit && last ? cursorOf([Date.parse(last.createdAt), last.id]) : null;
    return { items, next };
  }

  @Post('retry')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Retry all that were given up',
    description:
      'All parked and refused deliveries of the office, each with its old message id; not test messages, nor what was meant ' +
      'for a deleted endpoint. `items` shows the first of them. `more`: there were too many for one request, send it ' +
      'again.\n\nRoles: admin.',
  })
  @Gives(200, 'Retried', 'How many are pending again.')
  @Answers([...WRITES])
  retryAll(@Me() { officeId }: Reader) {
    return this.retries.of(officeId);
  }

  @Post(':id/retry')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Retry one that was given up',
    description: 'With its old message id. One that is pending or sent is left as it is.\n\nRoles: admin.',
  })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @Gives(200, 'Delivery', 'The delivery as it now stands.')
  @Answers([...WRITES])
  async retry(@Me() { officeId }: Reader, @Id() id: string) {
    const woken = await this.store.retry(officeId, id);
    await this.queue.call(woken.map((one) => ({ ...one, at: 0, tries: 0 })));
    const delivery = await this.store.one(officeId, id);
    if (!delivery) throw new AppError('NOT_FOUND');
    return delivery;
  }
}
