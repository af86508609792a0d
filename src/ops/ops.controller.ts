/** For those who run the service: alive, ready, metrics. Outside /api/v1 and without a token; keep them on a private network. */
import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../access/actor.guard.js';
import { Sql } from '../db/sql.js';
import { AlarmQueue } from '../sla/alarm.queue.js';
import { Metrics } from './metrics.js';
import { within } from './within.js';

@ApiExcludeController()
@Public()
@Controller()
export class OpsController {
  constructor(
    private readonly sql: Sql,
    private readonly queue: AlarmQueue,
    private readonly metrics: Metrics,
  ) {}

  /** The process answers. */
  @Get('healthz')
  alive() {
    return { status: 'ok' };
  }

  /** Ready while PostgreSQL answers; without the queue it works on, later alarms by the sweep: degraded. */
  @Get('readyz')
  async ready(@Res() reply: FastifyReply) {
    const [database, queue] = await Promise.all([
      within(2000, this.sql.run('ping', 'SELECT 1', [])),
      this.queue.counts(),
    ]);
    const status = !database ? 'unavailable' : queue ? 'ok' : 'degraded';
    const body = { status, database: database ? 'up' : 'down', queue: queue ? 'up' : 'down' };
    return reply.status(database ? 200 : 503).send(body);
  }

  @Get('metrics')
  async scrape(@Res() reply: FastifyReply) {
    return reply.type(this.metrics.registry.contentType).send(await this.metrics.registry.metrics());
  }
}
