/**
 * How many days a pause may last before an inspector asks why: by the reason of a hold, or the event where it has none.
 * The SOP is silent; these are what the office takes for usual. They judge nothing and stop nothing, so they are no part of
 * a machine's content hash and may be changed at any time.
 */
export const PAUSE_DAYS: Readonly<Record<string, number>> = {
  WAITING_FOR_APPLICANT: 14,
  FIELD_OBSERVATION: 7,
  FORCE_MAJEURE: 30,
  RETURN_INCOMPLETE: 14,
};

/** Of a reason that is not listed. */
export const OTHER_PAUSE_DAYS = 14;
