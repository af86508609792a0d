/**
 * The way out of the building: rows of `deliveries`, which the workers of src/notices find by their sweep and send like any
 * other. Nothing but the table is shared, so the log goes on whatever becomes of mail and webhooks. Fragments of statements.
 */

/** All mail is one lane. */
const MAIL_LANE = '00000000-0000-0000-0000-000000000000';

/** Who inspects which office now: its own inspectors, and those it has let in by a letter. */
export const INSPECTORS = `
SELECT g.office_id, g.account_id FROM role_grants g
WHERE g.role = 'inspector' AND g.valid_from <= (SELECT alur_now()) AND g.valid_until > (SELECT alur_now())
UNION
SELECT m.office_id, m.account_id FROM inspection_mandates m
WHERE m.valid_from <= (SELECT alur_now()) AND m.valid_until > (SELECT alur_now())`;

/** Endpoints of the inspectorate: where and by which lane. */
export const ENDPOINTS = `
SELECT e.office_id, 'webhook' AS channel, e.id AS endpoint_id, e.id AS lane FROM webhook_endpoints e
WHERE e.evidence AND e.disabled_at IS NULL AND e.deleted_at IS NULL`;

/** Accounts with an address. It is not asked whether they like mail: an inspector may silence notices, not the log. */
export const MAILBOXES = `
SELECT a.office_id, 'email' AS channel, a.id AS endpoint_id, '${MAIL_LANE}'::uuid AS lane FROM accounts a
WHERE a.email IS NOT NULL AND a.disabled_at IS NULL`;
