/** One that has not begun ends where it begins: it was never held. Ends by `$4`, the row's id (admin.store.ts). */
export const endingOf = (table: 'role_grants' | 'inspection_mandates') => `
changed AS (
UPDATE ${table} t SET valid_until = greatest(alur_now(), t.valid_from)
FROM (SELECT id, valid_until FROM ${table} WHERE office_id = $1 AND id = $4 FOR UPDATE) o
WHERE t.office_id = $1 AND t.id = o.id AND o.valid_until > alur_now()
RETURNING t.id, jsonb_build_object('until', o.valid_until) AS old, jsonb_build_object('until', t.valid_until) AS new)`;
