/** Cases in every state a case can be in, those beside the printed path included. */
import { exampleOf, PATH, PATH_STATES, type CaseBody, type Http, type Person } from './http.js';

/** How a case gets to where the path does not lead: from a state on the path, by one more act. */
export const ASIDE: Readonly<Record<string, readonly [from: string, person: Person, event: string]>> = {
  'held(intake)': ['intake', 'staf', 'HOLD'],
  'held(headDisposition)': ['headDisposition', 'kadin', 'HOLD'],
  'held(followUp)': ['followUp', 'kabid', 'HOLD'],
  returned: ['registration', 'staf', 'RETURN_INCOMPLETE'],
  rejected: ['headDisposition', 'kadin', 'REJECT'],
  withdrawn: ['intake', 'staf', 'WITHDRAW'],
  cancelled: ['intake', 'kasi', 'CANCEL'],
};

/** `held(intake)` is the state `held`. */
export const stateOf = (place: string) => place.replace(/\(.*/, '');

export async function caseAt(http: Http, place: string): Promise<CaseBody> {
  const [from, person, event] = ASIDE[place] ?? [place];
  const now = await http.driveTo(from);
  return person && event ? acted(http, person, now, event) : reached(now, place);
}

async function acted(http: Http, person: Person, now: CaseBody, event: string, payload?: object): Promise<CaseBody> {
  const reply = await http.event(person, now.id, now.stepSeq, event, payload);
  if (reply.status !== 200) throw new Error(`${event} in ${now.state} gave ${reply.status}: ${reply.text}`);
  return reply.body;
}

function reached(now: CaseBody, place: string): CaseBody {
  if (now.state !== stateOf(place)) throw new Error(`${now.state} instead of ${place}`);
  return now;
}

/** What else is so of a case: whom its disposition names, if not the kabid; that an officer of two roles filed it. */
export type Variant = '' | 'sekdin' | 'filer';

/** From where on a variant is to be seen in a case. */
const SEEN: Readonly<Record<Variant, readonly string[]>> = {
  '': [],
  sekdin: [...PATH_STATES.slice(PATH_STATES.indexOf('headDisposition') + 1), 'held(followUp)'],
  filer: ['archiving.confirming'],
};

/** Disposition by name: an office may have several who hold a role. */
export const dispositionTo = (login: 'sekdin' | 'kabid') => ({
  disposition: { recipientRole: login, recipient: login },
  instruction: 'Mohon ditindaklanjuti.',
});

/** Cases to try acts on. One that an act has brought to another place is used again there. */
export class CasePool {
  private readonly free = new Map<string, CaseBody[]>();

  constructor(
    private readonly http: Http,
    private readonly fileAsFiler: (now: CaseBody) => Promise<CaseBody>,
  ) {}

  async take(place: string, wanted: Variant = ''): Promise<CaseBody> {
    const variant = SEEN[wanted].includes(place) ? wanted : '';
    const known = this.free.get(`${place} ${variant}`)?.pop();
    if (known) return known;
    const [from, person, event] = ASIDE[place] ?? [];
    if (from && person && event) return this.aside(await this.take(from, variant), person, event, variant);
    const index = PATH_STATES.indexOf(place);
    if (index === 0) return this.http.open();
    return reached(await this.along(await this.take(PATH_STATES[index - 1]!, wanted), index - 1, variant), place);
  }

  put(now: CaseBody, place: string, variant: Variant): void {
    if (!PATH_STATES.includes(place) && !(place in ASIDE)) return;
    const key = `${place} ${SEEN[variant].includes(place) ? variant : ''}`;
    this.free.set(key, [...(this.free.get(key) ?? []), now]);
  }

  private aside(now: CaseBody, person: Person, event: string, variant: Variant): Promise<CaseBody> {
    return acted(this.http, person === 'kabid' && variant === 'sekdin' ? 'sekdin' : person, now, event);
  }

  /** The step of the path that leaves its state number `index`. */
  private along(now: CaseBody, index: number, variant: Variant): Promise<CaseBody> {
    const [person, , event] = PATH[index]!;
    const named = variant === 'sekdin' ? 'sekdin' : 'kabid';
    if (event === 'FILE_DOCUMENTS' && variant === 'filer') return this.fileAsFiler(now);
    if (event === 'ISSUE_DISPOSITION') return acted(this.http, person, now, event, dispositionTo(named));
    return acted(this.http, event === 'FOLLOW_UP_DISPOSITION' ? named : person, now, event, exampleOf(event));
  }
}
