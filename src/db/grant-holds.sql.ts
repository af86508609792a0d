/**
 * Whether a row `g` of role_grants is held now. Plh. stands in for somebody who holds the role by appointment, and only for
 * as long as they do: who acts is nobody to act for. Plt. fills a vacant place until the order's own end.
 */
const NOW_IN = (row: string) => `${row}.valid_from <= alur_now() AND alur_now() < ${row}.valid_until`;

export const GRANT_HOLDS = `${NOW_IN('g')} AND (g.acting_for IS NULL OR g.order_kind = 'PLT' OR EXISTS (
    SELECT FROM role_grants p WHERE p.office_id = g.office_id AND p.account_id = g.acting_for AND p.role = g.role
      AND p.acting_for IS NULL AND ${NOW_IN('p')}))`;
