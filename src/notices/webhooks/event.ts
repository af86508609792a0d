/**
 * What a receiver is sent: a CloudEvent with ids and codes, and no personal data. Who wants to know more asks the API, which
 * asks who they are. A function of the stored row alone, so that every try sends the same bytes.
 */
export interface EventFacts {
  readonly messageId: string;
  readonly officeId: string;
  readonly occurredAt: string;
  /** All null: a test message. */
  readonly notice: {
    readonly id: string;
    readonly kind: string;
    readonly level: number;
    readonly caseId: string;
    readonly recipientId: string;
  } | null;
  readonly checkpoint: { readonly size: number; readonly note: string } | null;
  readonly alarm: {
    readonly id: string;
    readonly source: string;
    /** Null: the log itself. */
    readonly caseId: string | null;
    readonly differences: number;
  } | null;
}

export const EVENT_TYPE = 'application/cloudevents+json; charset=utf-8';

export function eventBody(facts: EventFacts): string {
  const { messageId, officeId, occurredAt } = facts;
  const { type, subject, data } = contentOf(facts);
  return JSON.stringify({
    specversion: '1.0',
    id: messageId,
    source: `urn:alur:office:${officeId}`,
    type,
    ...(subject && { subject }),
    time: occurredAt,
    datacontenttype: 'application/json',
    data: { ...data, occurredAt },
  });
}

interface Content {
  readonly type: string;
  readonly subject?: string | null;
  readonly data: object;
}

function contentOf({ notice, checkpoint, alarm }: EventFacts): Content {
  if (notice) {
    const { id: noticeId, kind, level, caseId, recipientId } = notice;
    const data = { noticeId, kind, level, caseId, recipientId };
    return { type: `alur.notice.${kind.toLowerCase()}`, subject: caseId, data };
  }
  // As the signer's file and the exports have it.
  if (checkpoint) return { type: 'alur.checkpoint', data: { size: checkpoint.size, checkpoint: checkpoint.note } };
  if (!alarm) return { type: 'alur.test', data: {} };
  const { id: alarmId, source, caseId, differences } = alarm;
  return { type: 'alur.integrity', subject: caseId, data: { alarmId, source, caseId, differences } };
}
