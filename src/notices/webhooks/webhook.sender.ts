/** One try of a webhook: read what is to be said and to whom, sign it, send it, and judge the answer. */
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../app-config.js';
import { askedMs } from '../delivery/backoff.js';
import type { Claimed, Outcome } from '../delivery/outcome.js';
import { rulesOf, type AddressRules } from './address.js';
import { urlFlaw } from './endpoint-url.js';
import { EndpointStore, type Message } from './endpoints.store.js';
import { EVENT_TYPE, eventBody } from './event.js';
import { post, type Posted } from './post.js';
import { Sealer } from './sealer.js';
import { signatureHeaders } from './signature.js';

@Injectable()
export class WebhookSender {
  private readonly rules: AddressRules;

  constructor(
    config: AppConfig,
    private readonly endpoints: EndpointStore,
    private readonly sealer: Sealer,
  ) {
    this.rules = rulesOf(config);
  }

  async send({ officeId, id }: Claimed, stopping: AbortSignal): Promise<Outcome> {
    const message = await this.endpoints.message(officeId, id);
    if (!message?.secret) return { result: 'refused', code: 'ENDPOINT_DELETED' };
    if (message.disabled) return { result: 'refused', code: 'ENDPOINT_DISABLED' };
    // The rules may have changed since the address was saved.
    if (urlFlaw(message.url, this.rules)) return { result: 'failed', code: 'URL_REFUSED' };
    const secrets = this.secretsOf(message);
    if (secrets === null) return { result: 'failed', code: 'SECRET_UNREADABLE' };
    const body = eventBody({ ...message, messageId: id, officeId });
    const headers = {
      'content-type': EVENT_TYPE,
      'user-agent': 'Alur-Webhooks/1',
      ...signatureHeaders(id, Math.floor(message.now / 1000), body, secrets),
    };
    const posted = await post({ url: message.url, headers, body }, { rules: this.rules, stopping });
    return outcomeOf(posted, message.now);
  }

  /** The secret in force must open; one before it that was sealed with another key has nothing to sign any more. */
  private secretsOf({ endpointId, secret, previousSecret }: Message): string[] | null {
    const current = secret && this.sealer.open(secret, endpointId);
    if (!current) return null;
    const previous = previousSecret && this.sealer.open(previousSecret, endpointId);
    return previous ? [current, previous] : [current];
  }
}

/** 2xx is arrived, 410 is gone for good, everything else, a redirect too, is tried again. */
export function outcomeOf(posted: Posted, now: number): Outcome {
  if ('failed' in posted) return { result: 'failed', code: posted.failed };
  const { status, retryAfter } = posted;
  const code = `HTTP_${status}`;
  if (status >= 200 && status < 300) return { result: 'sent', code };
  if (status === 410) return { result: 'refused', code, gone: true };
  const asked = status === 429 || status === 503 ? askedMs(retryAfter, now) : 0;
  return { result: 'failed', code, askedMs: asked };
}
