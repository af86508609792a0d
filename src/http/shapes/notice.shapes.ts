/** Answers of the bell, of deliveries and of webhooks. */
import { flag, instant, integer, items, list, object, oneOf, orNull, page, text, uuid } from './shape.js';

const notice = object({
  id: uuid,
  caseId: uuid,
  caseNo: text,
  kind: text,
  level: { ...integer, description: 'Percent of the standard minutes.' },
  text: { ...text, description: 'In the language asked for.' },
  createdAt: instant,
  acknowledgedAt: orNull(instant),
});

const delivery = object({
  id: uuid,
  channel: oneOf(['email', 'webhook']),
  endpoint: object({ id: uuid, label: orNull(text) }),
  noticeId: orNull(uuid),
  checkpointSize: orNull(integer),
  alarmId: orNull(uuid),
  status: oneOf(['pending', 'sent', 'parked', 'refused']),
  attempts: integer,
  lastResult: orNull(text),
  createdAt: instant,
  nextAttemptAt: orNull(instant),
  finishedAt: orNull(instant),
});

const webhook = {
  id: uuid,
  label: text,
  url: text,
  enabled: flag,
  evidence: { ...flag, description: 'Whether checkpoints and integrity alarms are sent there as well.' },
  disabledBecause: orNull(oneOf(['ADMIN', 'GONE'])),
  createdAt: instant,
  previousSecretUntil: orNull(instant),
};

export const NOTICE_SHAPES = {
  Notices: object({ items: list(notice), next: orNull(text), open: integer }),
  Acknowledged: object({ id: uuid, acknowledgedAt: instant }),
  Reopened: object({ id: uuid, acknowledgedAt: orNull(instant) }),
  Preferences: object({
    inApp: object({ enabled: flag }),
    email: object({
      enabled: flag,
      warningsInWorkingHours: flag,
      digest: oneOf(['off', 'daily']),
      address: orNull(text),
      available: { ...flag, description: 'Whether this installation sends mail at all.' },
    }),
  }),
  Deliveries: page(delivery),
  Delivery: delivery,
  Retried: object({
    retried: integer,
    more: { ...flag, description: 'True where there are more than one request retries.' },
    items: { ...list(delivery), description: 'The first of them.' },
  }),
  Webhook: object(webhook),
  Webhooks: items(object(webhook)),
  WebhookWithSecret: object({ ...webhook, secret: { ...text, description: 'Shown this once.' } }),
  TestMessage: object({ deliveryId: uuid }),
};
