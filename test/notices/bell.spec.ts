/** Who hears what when a step is late, and in which words. */
import type { LadderLevel, Role } from '../../machines/contract.js';
import { STANDARD_LADDER } from '../../machines/ladder.js';
import type { Directory } from '../../src/engine/types.js';
import { copyNotices, noticesFor, type LateStep } from '../../src/notices/bell.js';
import { directory, idOf, time, wib } from '../support/ledger.js';

type Level = 80 | 100 | 200 | 400;
const { levels, superiors } = STANDARD_LADDER;
const levelAt = (level: Level) => levels.find(({ percent }) => percent === level) as LadderLevel;
const STARTED = wib('2026-11-24 10:05');
const step = (role: Role, change: Partial<LateStep> = {}): LateStep => ({
  caseNo: 'KIM-2026-000123',
  stepNo: 3,
  stepLabel: { id: 'Disposisi', en: 'Disposition by the head' },
  minutes: 5,
  visitStartedAt: STARTED,
  accountableRole: role,
  accountableId: null,
  superiors: superiors[role] ?? [],
  ...change,
});
const at = wib('2026-11-24 10:11');
const tell = (level: Level, role: Role, given: Partial<{ step: LateStep; directory: Directory; at: number }> = {}) =>
  noticesFor(levelAt(level), given.step ?? step(role), given.directory ?? directory, time, given.at ?? at);
const heard = (level: Level, role: Role) =>
  tell(level, role)
    .map(({ recipientId }) => recipientId)
    .sort();
const ids = (...logins: Parameters<typeof idOf>[0][]) => logins.map(idOf).sort();

describe('who hears', () => {
  it.each<[Level, Role, string[]]>([
    [80, 'staff', ids('staf')],
    [80, 'kadin', ids('kadin')],
    [80, 'kabid', ids('kabid')],
    [80, 'kasi', ids('kasi')],
    [100, 'staff', ids('kasi')],
    [100, 'sekdin', ids('kasi', 'kadin')],
    [100, 'kabid', ids('kasi', 'kadin')],
    [100, 'kadin', ids('kasi', 'sekdin')],
    [200, 'staff', ids('sekdin', 'kabid')],
    [200, 'kadin', ids('sekdin', 'kabid')],
    [400, 'staff', ids('kadin')],
    [400, 'kabid', ids('kadin')],
  ])('%d %% of a step of %s', (level, role, expected) => {
    expect(heard(level, role)).toEqual(expected);
  });

  it('the section head hears of every breach, whoever is late', () => {
    for (const role of ['staff', 'kadin', 'sekdin', 'kabid', 'kasi'] as const) {
      expect(heard(100, role)).toContain(idOf('kasi'));
    }
  });

  it('everybody who holds the role hears', () => {
    const second = { role: 'kasi' as const, accountId: 'another-kasi', login: 'kasi2' };
    const wider = { ...directory, holders: [...directory.holders, second] };
    expect(tell(100, 'staff', { directory: wider }).map(({ recipientId }) => recipientId)).toEqual([
      idOf('kasi'),
      'another-kasi',
    ]);
  });

  it('one notice for one person, however many roles they hold', () => {
    const both: Directory = {
      ...directory,
      holders: [
        { role: 'kasi', accountId: 'one', login: 'one' },
        { role: 'sekdin', accountId: 'one', login: 'one' },
        { role: 'kabid', accountId: 'one', login: 'one' },
      ],
    };
    for (const level of [100, 200] as const) expect(tell(level, 'kadin', { directory: both })).toHaveLength(1);
  });

  it('a warning goes to the officer who is named, not to others of the same role', () => {
    const second = { role: 'kabid' as const, accountId: 'another-kabid', login: 'kabid2' };
    const wider = { ...directory, holders: [...directory.holders, second] };
    const named = step('kabid', { accountableId: idOf('kabid') });
    const recipients = tell(80, 'kabid', { directory: wider, step: named }).map(({ recipientId }) => recipientId);
    expect(recipients).toEqual([idOf('kabid')]);
  });

  it.each<[Level, string, string]>([
    [100, 'Kepala Seksi', '5 menit kerja'],
    [200, 'sekdin, Kepala Bidang', '10 menit kerja'],
    [400, 'Kepala Dinas', '20 menit kerja'],
  ])('at %d %% the admins hear of it where nobody holds the roles, and that these are vacant', (level, names, late) => {
    const admins = ['admin-1', 'admin-2'].map((accountId) => ({ role: 'admin' as const, accountId, login: accountId }));
    const told = tell(level, 'staff', { directory: { ...directory, holders: admins } });
    expect(told.map(({ recipientId }) => recipientId)).toEqual(['admin-1', 'admin-2']);
    for (const { text } of told) {
      expect(text.id).toMatch(new RegExp(`^Berkas KIM-2026-000123, .*${late}.* Jabatan ${names} kosong, sehingga `));
      expect(text.en).toMatch(new RegExp(`^Case KIM-2026-000123, .* Nobody holds ${names}, so no officer was told\\.`));
    }
  });

  it('admins hear nothing where somebody holds one of the roles, and nothing of warnings', () => {
    const admin = { role: 'admin' as const, accountId: 'admin-1', login: 'admin-1' };
    const kabid = directory.holders.filter(({ role }) => role === 'kabid');
    const told = tell(200, 'staff', { directory: { ...directory, holders: [...kabid, admin] } });
    expect(told.map(({ recipientId }) => recipientId)).toEqual([idOf('kabid')]);
    expect(told[0]?.text.id).not.toContain('kosong');
    expect(tell(80, 'staff', { directory: { ...directory, holders: [admin] } })).toEqual([]);
  });

  it('nobody hears of it in an office with nobody, not even an admin', () => {
    expect(tell(400, 'staff', { directory: { ...directory, holders: [] } })).toEqual([]);
  });

  it.each<[Level, string]>([
    [80, 'SLA_WARNING'],
    [100, 'SLA_BREACH'],
    [200, 'SLA_ESCALATION'],
    [400, 'SLA_ESCALATION'],
  ])('%d %% is of kind %s', (level, kind) => {
    for (const notice of tell(level, 'staff')) expect(notice).toMatchObject({ kind, level });
  });
});

describe('in which words', () => {
  const text = (level: Level, role: Role, given: Parameters<typeof tell>[2] = {}) => tell(level, role, given)[0]?.text;

  it("the domain's sentence, word for word", () => {
    expect(text(100, 'kadin')?.id).toBe(
      'Berkas KIM-2026-000123, langkah 3 (Disposisi), melewati 5 menit kerja sejak 10.05 WIB. Pelaksana: Kepala Dinas. Mohon tindak lanjut.',
    );
    expect(text(100, 'kadin')?.en).toBe(
      'Case KIM-2026-000123, step 3 (Disposition by the head), has passed 5 working minutes since 10.05 WIB. Performer: Kepala Dinas. Please follow up.',
    );
  });

  it('an escalation speaks of the minutes that were passed', () => {
    expect(text(200, 'kadin')?.id).toContain('melewati 10 menit kerja sejak 10.05 WIB');
    expect(text(400, 'kadin')?.id).toContain('melewati 20 menit kerja sejak 10.05 WIB');
    expect(text(400, 'kadin')?.en).toContain('has passed 20 working minutes');
  });

  it('a warning does not say it is late', () => {
    expect(text(80, 'kadin')?.id).toBe(
      'Berkas KIM-2026-000123, langkah 3 (Disposisi), sudah memakai 80 % dari 5 menit kerja sejak 10.05 WIB. Pelaksana: Kepala Dinas.',
    );
  });

  it('on a later day the date is said, in the zone of the office', () => {
    const started = step('kadin', { visitStartedAt: wib('2026-12-31 15:58') });
    const later = text(100, 'kadin', { step: started, at: wib('2027-01-04 07:34') });
    expect(later?.id).toContain('sejak 31 Desember 2026 pukul 15.58 WIB.');
    expect(later?.en).toContain('since 31 December 2026, 15.58 WIB.');
    // 00.30 WIB is still the day before in UTC: the office's date counts.
    const night = step('kadin', { visitStartedAt: wib('2026-11-24 00:30') });
    expect(text(100, 'kadin', { step: night })?.id).toContain('sejak 00.30 WIB.');
  });

  it('says every month as it is written', () => {
    const months = Array.from({ length: 12 }, (_, month) => {
      const started = wib(`2026-${String(month + 1).padStart(2, '0')}-05 09:00`);
      const { id = '', en = '' } = text(100, 'kadin', { step: step('kadin', { visitStartedAt: started }) }) ?? {};
      return [/sejak 5 (\w+) 2026 pukul 09.00 WIB/.exec(id)?.[1], /since 5 (\w+) 2026, 09.00 WIB/.exec(en)?.[1]];
    });
    expect(months.map(([id]) => id).join(' ')).toBe(
      'Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember',
    );
    expect(months.map(([, en]) => en).join(' ')).toBe(
      'January February March April May June July August September October November December',
    );
  });

  it('titles are the data of the office; without one the role is named', () => {
    expect(text(100, 'sekdin')?.id).toContain('Pelaksana: sekdin.');
  });

  it('every level speaks both languages', () => {
    for (const { percent } of levels) {
      const { id = '', en = '' } = text(percent as Level, 'staff') ?? {};
      expect(id).toMatch(/^Berkas KIM-2026-000123, langkah 3/);
      expect(en).toMatch(/^Case KIM-2026-000123, step 3/);
    }
  });
});

describe('tembusan', () => {
  it('goes to those listed beside the recipient, and never to the recipient', () => {
    const notices = copyNotices(['sekdin', 'kabid'], idOf('kabid'), 'KIM-2026-000123', directory);
    expect(notices).toEqual([
      {
        kind: 'DISPOSITION_COPY',
        level: 0,
        recipientId: idOf('sekdin'),
        text: {
          id: 'Tembusan disposisi berkas KIM-2026-000123, untuk diketahui.',
          en: 'Copy of the disposition of case KIM-2026-000123, for information.',
        },
      },
    ]);
    expect(copyNotices([], idOf('kabid'), 'KIM-2026-000123', directory)).toEqual([]);
  });
});
