/**
 * The way of a notice out of the building: which have been relayed, one row for each delivery, webhook endpoints, what each
 * officer prefers (docs/decisions/012-deliveries.md).
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
-- The notice is the outbox. What was told before this migration stays as it was: nobody is mailed about last year.
ALTER TABLE notices ADD COLUMN relayed boolean NOT NULL DEFAULT true;
ALTER TABLE notices ALTER COLUMN relayed SET DEFAULT false;
CREATE INDEX notices_unrelayed ON notices (created_at) WHERE NOT relayed;

-- An admin who has not acknowledged that something was given up is not told again of the next one.
CREATE UNIQUE INDEX notices_ops ON notices (recipient_id, kind, office_id)
  WHERE acknowledged_at IS NULL AND kind IN ('DELIVERY_PARKED', 'WEBHOOK_DISABLED');

-- Where an officer's mail goes; none, no mail.
ALTER TABLE accounts ADD COLUMN IF NOT EXISTS email text
  CHECK (length(email) <= 254 AND email ~ '^[^@<>,;[:space:][:cntrl:]]+@[^@<>,;[:space:][:cntrl:]]+$');

CREATE TABLE notice_preferences (
  office_id uuid NOT NULL,
  account_id uuid NOT NULL,
  email boolean NOT NULL,
  email_warnings_in_hours boolean NOT NULL,
  email_digest text NOT NULL CHECK (email_digest IN ('off', 'daily')),
  PRIMARY KEY (office_id, account_id),
  FOREIGN KEY (office_id, account_id) REFERENCES accounts (office_id, id)
);

CREATE TABLE webhook_endpoints (
  office_id uuid NOT NULL REFERENCES offices,
  id uuid NOT NULL,
  label text NOT NULL,
  url text NOT NULL,
  -- Encrypted by the program; forgotten when the endpoint is deleted.
  secret bytea,
  previous_secret bytea,
  previous_until timestamptz,
  created_at timestamptz NOT NULL,
  disabled_at timestamptz,
  disabled_because text CHECK (disabled_because IN ('ADMIN', 'GONE')),
  -- The receiver asked for quiet until then (Retry-After).
  held_until timestamptz,
  deleted_at timestamptz,
  PRIMARY KEY (office_id, id),
  CHECK ((disabled_at IS NULL) = (disabled_because IS NULL)),
  CHECK ((secret IS NULL) = (deleted_at IS NOT NULL))
);

-- One message to one receiver. Its id is the message's id, on every try.
CREATE TABLE deliveries (
  office_id uuid NOT NULL,
  id uuid NOT NULL,
  channel text NOT NULL CHECK (channel IN ('email', 'webhook')),
  -- A webhook endpoint, or the account that gets the mail.
  endpoint_id uuid NOT NULL,
  -- None: a digest, or a test message.
  notice_id uuid,
  digest_on date,
  -- What is sent one after the other: an endpoint's messages, or all mail. A receiver that hangs holds up its lane only.
  lane uuid NOT NULL,
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sent', 'parked', 'refused')),
  attempts integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  -- While a try is under way: the end of its lease.
  next_attempt_at timestamptz,
  last_result text,
  finished_at timestamptz,
  PRIMARY KEY (office_id, id),
  CHECK ((status = 'pending') = (next_attempt_at IS NOT NULL))
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX deliveries_once ON deliveries (notice_id, channel, endpoint_id, office_id);
CREATE UNIQUE INDEX deliveries_digest ON deliveries (endpoint_id, digest_on, office_id) WHERE digest_on IS NOT NULL;
CREATE INDEX deliveries_due ON deliveries (lane, next_attempt_at) WHERE status = 'pending';
CREATE INDEX deliveries_listed ON deliveries (office_id, status, created_at DESC, id DESC);

CREATE TABLE digest_notices (
  office_id uuid NOT NULL,
  notice_id uuid NOT NULL,
  delivery_id uuid NOT NULL,
  PRIMARY KEY (office_id, notice_id),
  FOREIGN KEY (office_id, delivery_id) REFERENCES deliveries (office_id, id)
);
CREATE INDEX digest_notices_delivery ON digest_notices (delivery_id, office_id);

GRANT UPDATE (relayed) ON notices TO alur_app;
GRANT SELECT, INSERT, UPDATE ON notice_preferences, webhook_endpoints, deliveries TO alur_app;
GRANT SELECT, INSERT ON digest_notices TO alur_app;
`;

export class AddDeliveries1764300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  /** Deliveries under way would be lost: going back means restoring a backup. */
  down(): Promise<void> {
    return Promise.reject(new Error('This migration cannot be undone: restore a backup (docs/operations.md).'));
  }
}
