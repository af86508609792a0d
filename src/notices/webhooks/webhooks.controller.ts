/** For the office's admins: where notices are sent beside people. A secret is shown when it is made, and never again. */
import { Body, Controller, Delete, Get, HttpCode, Patch, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { ForRoles, Me, type Reader } from '../../access/actor.guard.js';
import { authorOf, found, READ_CODES, WRITE_CODES } from '../../admin/author.js';
import { AppConfig } from '../../app-config.js';
import { AppError } from '../../errors.js';
import { Answers, Gives } from '../../http/openapi.js';
import { Id } from '../../http/request.js';
import { DeliveryQueue } from '../delivery/delivery.queue.js';
import { rulesOf } from './address.js';
import { canonicalUrl, MAX_URL_LENGTH, urlFlaw } from './endpoint-url.js';
import { EndpointStore } from './endpoints.store.js';
import { Sealer } from './sealer.js';
import { newSecret } from './signature.js';

/** A notice is sent to each: more would be a mistake. */
const MOST_ENDPOINTS = 20;
const DEFAULT_OVERLAP_HOURS = 24;

const label = z.string().trim().min(1).max(100);
const url = z.string().min(1).max(MAX_URL_LENGTH);
const newEndpoint = z
  .strictObject({ label, url, evidence: z.boolean().default(false) })
  .meta({ title: 'NewWebhook', example: { label: 'Dasbor kabupaten', url: 'https://hooks.example/alur' } });
const change = z
  .strictObject({
    label: label.optional(),
    url: url.optional(),
    enabled: z.boolean().optional(),
    evidence: z.boolean().optional(),
  })
  .refine((given) => Object.keys(given).length > 0, 'name at least one field')
  .meta({ title: 'WebhookChange', example: { enabled: false } });
const rotation = z
  .strictObject({ overlapHours: z.number().int().min(0).max(168).default(DEFAULT_OVERLAP_HOURS) })
  .meta({ title: 'SecretRotation', example: { overlapHours: DEFAULT_OVERLAP_HOURS } });

const IdParam = () => ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } });

@ApiTags('admin')
@ApiBearerAuth()
@ForRoles('admin')
@Controller('admin/webhooks')
export class WebhooksController {
  constructor(
    private readonly config: AppConfig,
    private readonly endpoints: EndpointStore,
    private readonly sealer: Sealer,
    private readonly queue: DeliveryQueue,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Webhook endpoints of the office', description: 'Without secrets.\n\nRoles: admin.' })
  @Gives(200, 'Webhooks', 'All of them, oldest first.')
  @Answers(READ_CODES)
  async list(@Me() { officeId }: Reader) {
    return { items: await this.endpoints.list(officeId) };
  }

  @Post()
  @ApiOperation({
    summary: 'Add a webhook endpoint',
    description:
      'Every notice of the office is sent there, signed after Standard Webhooks. With `evidence` it is an endpoint of the ' +
      'inspectorate: every checkpoint of the log and every integrity alarm goes there as well. The answer shows `secret`, ' +
      'this once. An ' +
      'address must be https, public, written plainly, and new to the office: where the answer was lost, the endpoint is ' +
      'there, and a new secret brings it to work.\n\nRoles: admin.',
  })
  @Gives(201, 'WebhookWithSecret', 'The endpoint and its secret.')
  @Answers([...WRITE_CODES, 'TOO_MANY_WEBHOOKS', 'WEBHOOK_EXISTS'])
  async create(@Me() me: Reader, @Body({ schema: newEndpoint }) body: z.infer<typeof newEndpoint>) {
    const url = this.accepted(body.url);
    const secret = newSecret();
    const seal = (id: string) => this.sealer.seal(secret, id);
    const result = await this.endpoints.create(authorOf(me), { ...body, url }, seal, MOST_ENDPOINTS);
    if ('made' in result) return { ...result.made, secret };
    if (result.same === null) throw new AppError('TOO_MANY_WEBHOOKS', { params: { limit: MOST_ENDPOINTS } });
    throw new AppError('WEBHOOK_EXISTS', { params: { id: result.same } });
  }

  @Patch(':id')
  @IdParam()
  @ApiOperation({
    summary: 'Change, disable or enable a webhook endpoint',
    description: 'What waits for a disabled one is refused when its time comes, and can be retried.\n\nRoles: admin.',
  })
  @Gives(200, 'Webhook', 'The endpoint as it now is.')
  @Answers([...WRITE_CODES, 'WEBHOOK_EXISTS'])
  async change(@Me() me: Reader, @Id() id: string, @Body({ schema: change }) body: z.infer<typeof change>) {
    const url = body.url === undefined ? undefined : this.accepted(body.url);
    const result = await this.endpoints.change(authorOf(me), id, { ...body, ...(url && { url }) });
    if ('same' in result) throw new AppError('WEBHOOK_EXISTS', { params: { id: result.same } });
    return found(result.made);
  }

  @Post(':id/rotate-secret')
  @HttpCode(200)
  @IdParam()
  @ApiOperation({
    summary: 'Give a webhook endpoint a new secret',
    description:
      'Shown this once. For `overlapHours` messages carry two signatures, by the new secret and by the one before it; 0 ' +
      'ends the old one at once.\n\nRoles: admin.',
  })
  @Gives(200, 'WebhookWithSecret', 'The endpoint and its new secret.')
  @Answers(WRITE_CODES)
  async rotate(@Me() me: Reader, @Id() id: string, @Body({ schema: rotation }) body: z.infer<typeof rotation>) {
    const secret = newSecret();
    return {
      ...found(await this.endpoints.rotate(authorOf(me), id, this.sealer.seal(secret, id), body.overlapHours)),
      secret,
    };
  }

  @Post(':id/test')
  @HttpCode(202)
  @IdParam()
  @ApiOperation({
    summary: 'Send a test message',
    description:
      'Of type `alur.test`, tried once. How it went stands in the list of deliveries, as `sent` or `parked`.\n\nRoles: admin.',
  })
  @Gives(202, 'TestMessage', 'The id of the message.')
  @Answers(WRITE_CODES)
  async test(@Me() { officeId }: Reader, @Id() id: string) {
    const deliveryId = found(await this.endpoints.test(officeId, id));
    await this.queue.call([{ id: deliveryId, lane: id, at: 0, tries: 0 }]);
    return { deliveryId };
  }

  @Delete(':id')
  @HttpCode(204)
  @IdParam()
  @ApiOperation({
    summary: 'Delete a webhook endpoint',
    description: 'Its secrets are forgotten; what still waits for it is refused.\n\nRoles: admin.',
  })
  @ApiResponse({ status: 204, description: 'It is gone.' })
  @Answers(WRITE_CODES)
  async delete(@Me() me: Reader, @Id() id: string): Promise<void> {
    found(await this.endpoints.delete(authorOf(me), id));
  }

  /** As it is kept. */
  private accepted(given: string): string {
    const flaw = urlFlaw(given, rulesOf(this.config));
    if (flaw !== null) throw new AppError('INVALID_INPUT', { issues: [{ path: 'url', message: flaw }] });
    return canonicalUrl(given);
  }
}
