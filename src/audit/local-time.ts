/** An instant as the office writes it. Pure. */
import { ZONE_NAMES, ZONES, type Zone } from '../sla/calendar.js';

const HOUR_MS = 3_600_000;

/** To the second: `2026-11-24 09:00:05 WIB`. */
export function localTime(at: Date, zone: Zone): string {
  const local = new Date(at.getTime() + ZONES[zone] * HOUR_MS).toISOString();
  return `${local.slice(0, 10)} ${local.slice(11, 19)} ${ZONE_NAMES[zone]}`;
}
