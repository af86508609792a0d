/** Refusals come in the order a person would ask, each with its code and what is needed to get on. */
import type { AnyMachineSnapshot } from 'xstate';
import type { Role } from '../../machines/contract.js';
import { judge } from '../../src/engine/judge.js';
import { freshSnapshot } from '../../src/engine/snapshot.js';
import type { Directory } from '../../src/engine/types.js';
import { directory, idOf, service } from '../support/ledger.js';
import { at, must, nameOf, send } from '../support/walk.js';

interface Ask {
  readonly snapshot?: AnyMachineSnapshot;
  readonly roles?: readonly Role[];
  readonly by?: string;
  readonly payload?: unknown;
  readonly office?: Directory;
}
const ask = (event: string, { snapshot, roles = ['staff'], by = 'somebody', payload, office }: Ask = {}) =>
  judge({
    service,
    snapshot: snapshot ?? freshSnapshot(service),
    actor: { id: by, roles },
    event,
    payload: payload ?? service.events[event]?.example ?? {},
    directory: office ?? directory,
  });
const codes = (answer: ReturnType<typeof judge>) =>
  answer.ok ? ['OK'] : [answer.code, ...(answer.blockers ?? []).map(({ code }) => code)];

describe('one question after the other', () => {
  it('is there such an event', () => {
    const refusal = ask('SHRED', { roles: [] });
    expect(refusal).toEqual({ ok: false, code: 'UNKNOWN_EVENT', params: { event: 'SHRED', service: service.id } });
  });

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', '', 'receive_applicant'])(
    'there is no event %j, whatever objects carry by nature',
    (event) => {
      expect(codes(ask(event))).toEqual(['UNKNOWN_EVENT']);
    },
  );

  it('may this role ever send it: before state, before payload', () => {
    expect(ask('CONFIRM_ARCHIVE', { roles: ['staff'], payload: { nonsense: 1 } })).toMatchObject({
      code: 'FORBIDDEN',
      params: { roles: 'kasi' },
      blockers: [{ code: 'WRONG_ROLE', params: { roles: ['kasi'] } }],
    });
  });

  it.each<Role>(['inspector', 'client', 'admin'])('%s sends no event at all', (role) => {
    for (const event of Object.keys(service.events)) expect(codes(ask(event, { roles: [role] }))[0]).toBe('FORBIDDEN');
  });

  it('does the case take it now: before payload', () => {
    const refusal = ask('COMPLETE_SERVICE', { payload: { nonsense: 1 } });
    expect(refusal).toMatchObject({
      code: 'TRANSITION_REFUSED',
      blockers: [{ code: 'WRONG_STATE', params: { state: 'intake', event: 'COMPLETE_SERVICE' }, curable: false }],
    });
    const allowed = refusal.ok ? [] : (refusal.allowed as { event: string }[]);
    expect(allowed.map(({ event }) => event)).toEqual([
      'RECEIVE_APPLICANT',
      'RETURN_INCOMPLETE',
      'HOLD',
      'WITHDRAW',
      'RECORD_PAPER',
    ]);
  });

  it('may this role send it from here: a role that may elsewhere is told who may here', () => {
    expect(ask('HOLD', { snapshot: at('headDisposition'), roles: ['staff'] })).toMatchObject({
      code: 'FORBIDDEN',
      params: { roles: 'kadin, kasi' },
    });
  });

  it('is the payload sound: before papers', () => {
    const refusal = ask('RECEIVE_APPLICANT', { payload: { papers: ['PASSPORT'], note: 'x', colour: 'red' } });
    expect(codes(refusal)).toEqual(['INVALID_INPUT']);
    const issues = refusal.ok ? [] : (refusal.issues ?? []);
    expect(issues.map(({ path }) => path).sort()).toEqual(['', 'note', 'papers.0']);
    expect(issues.every(({ message }) => message.length > 0)).toBe(true);
  });

  it('do the guards agree: everything that stands in the way at once', () => {
    expect(codes(ask('RECEIVE_APPLICANT', { payload: {} }))).toEqual([
      'TRANSITION_REFUSED',
      'PAPERS_MISSING',
      'OUTPUT_MISSING',
    ]);
    const stranger = ask('FOLLOW_UP_DISPOSITION', { snapshot: at('followUp'), roles: ['sekdin'], payload: {} });
    expect(codes(stranger)).toEqual(['TRANSITION_REFUSED', 'NOT_NAMED_RECIPIENT', 'OUTPUT_MISSING']);
  });

  it('takes an empty body for a missing one', () => {
    const snapshot = at('archiving.confirming');
    expect(codes(ask('CONFIRM_ARCHIVE', { snapshot, roles: ['kasi'], payload: null }))).toEqual(['OK']);
  });

  it.each([[[]], ['text'], [5], [true]])('takes no %j for a body', (payload) => {
    expect(codes(ask('RECEIVE_APPLICANT', { payload }))).toEqual(['INVALID_INPUT']);
  });
});

describe('an event that may happen', () => {
  it('keeps free text out of what enters the history', () => {
    const payload = { ...service.events.REGISTER_LETTER?.example, note: 'Ibu Contoh menunggu.' };
    const judged = ask('REGISTER_LETTER', { snapshot: at('registration'), payload });
    if (!judged.ok) throw new Error(judged.code);
    expect(Object.keys(judged.facts)).toEqual(['papers', 'letter']);
    expect(Object.keys(judged.personal).sort()).toEqual(['note', 'sender', 'subject']);
    expect(JSON.stringify(judged.machineEvent)).not.toContain('Contoh');
  });

  it('acts in the role the machine names first among those the actor holds', () => {
    const judged = ask('HOLD', { roles: ['kasi', 'staff'] });
    expect(judged).toMatchObject({ ok: true, role: 'staff' });
  });

  it('moves the machine as the guards said', () => {
    const judged = ask('RECEIVE_APPLICANT');
    if (!judged.ok) throw new Error(judged.code);
    expect(nameOf(send(freshSnapshot(service), judged.machineEvent))).toBe('registration');
  });

  it('is not moved by fields of the payload that only look like the engine’s own', () => {
    for (const field of ['by', 'role', 'type', 'named']) {
      const payload = { ...service.events.RECEIVE_APPLICANT?.example, [field]: 'kasi' };
      expect(codes(ask('RECEIVE_APPLICANT', { payload }))).toEqual(['INVALID_INPUT']);
    }
  });
});

describe('the officer a disposition names', () => {
  const snapshot = at('headDisposition');
  const dispose = (disposition: object, office = directory) =>
    ask('ISSUE_DISPOSITION', { snapshot, roles: ['kadin'], payload: { disposition }, office });
  const two: Directory = {
    ...directory,
    holders: [...directory.holders, { role: 'kabid', accountId: 'another-kabid', login: 'kabid2' }],
  };

  it('is the one who holds the role', () => {
    expect(dispose({ recipientRole: 'kabid' })).toMatchObject({
      ok: true,
      facts: { named: { role: 'kabid', id: idOf('kabid') } },
    });
  });

  it('must be said where several hold it', () => {
    expect(dispose({ recipientRole: 'kabid' }, two)).toMatchObject({
      code: 'TRANSITION_REFUSED',
      blockers: [
        { code: 'RECIPIENT_AMBIGUOUS', params: { role: 'kabid', choices: ['kabid', 'kabid2'] }, curable: true },
      ],
    });
    expect(dispose({ recipientRole: 'kabid', recipient: 'kabid2' }, two)).toMatchObject({
      ok: true,
      facts: { named: { role: 'kabid', id: 'another-kabid' } },
    });
  });

  it('must hold that very role in this office', () => {
    for (const recipient of ['nobody', 'sekdin', idOf('kabid')]) {
      expect(dispose({ recipientRole: 'kabid', recipient })).toMatchObject({
        blockers: [{ code: 'RECIPIENT_UNKNOWN', params: { recipient } }],
      });
    }
    const empty = { ...directory, holders: [] };
    expect(codes(dispose({ recipientRole: 'sekdin' }, empty))).toEqual(['TRANSITION_REFUSED', 'RECIPIENT_UNKNOWN']);
  });

  it('cannot be of another role', () => {
    expect(codes(dispose({ recipientRole: 'kasi' }))).toEqual(['INVALID_INPUT']);
  });

  it('is the only one who may follow up', () => {
    const judged = dispose({ recipientRole: 'sekdin' });
    if (!judged.ok) throw new Error(judged.code);
    let now = send(snapshot, judged.machineEvent);
    for (const type of ['RECORD_DISPOSITION', 'DELIVER_DISPOSITION']) {
      now = must(now, { ...service.events[type]?.example, type, by: 's', role: 'staff' });
    }
    const followUp = (role: Role, by: string) => ask('FOLLOW_UP_DISPOSITION', { snapshot: now, roles: [role], by });
    expect(codes(followUp('kabid', idOf('kabid')))).toEqual(['TRANSITION_REFUSED', 'NOT_NAMED_RECIPIENT']);
    expect(codes(followUp('sekdin', idOf('sekdin')))).toEqual(['OK']);
  });
});
