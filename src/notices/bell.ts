/** Who is told what when a step is late, and the sentences. Pure; the engine writes the rows in its own statement. */
import type { LadderLevel, Role, Text } from '../../machines/contract.js';
import type { Directory, NoticeWrite } from '../engine/types.js';
import type { WorkingTime } from '../sla/calendar.js';

export interface LateStep {
  readonly caseNo: string;
  readonly stepNo: number;
  readonly stepLabel: Text;
  readonly minutes: number;
  readonly visitStartedAt: number;
  readonly accountableRole: Role;
  readonly accountableId: string | null;
  /** Roles above the accountable one. */
  readonly superiors: readonly Role[];
}

const KINDS = {
  warning: 'SLA_WARNING',
  breach: 'SLA_BREACH',
  escalation: 'SLA_ESCALATION',
} as const satisfies Record<LadderLevel['kind'], string>;

type Holder = Directory['holders'][number];

/** Whether a level speaks to this holder of a role. Where an officer is named, only they are accountable. */
function isTold(
  { tells }: LadderLevel,
  { accountableRole, accountableId, superiors }: LateStep,
  holder: Holder,
): boolean {
  return tells.some((who) => {
    if (who === 'superiors') return superiors.includes(holder.role);
    if (who !== 'accountable') return who === holder.role;
    return holder.role === accountableRole && (accountableId === null || accountableId === holder.accountId);
  });
}

/** Roles a level speaks to, whoever holds them. */
function rolesTold({ tells }: LadderLevel, { accountableRole, superiors }: LateStep): Role[] {
  const roles = tells.flatMap((who) =>
    who === 'superiors' ? superiors : [who === 'accountable' ? accountableRole : who],
  );
  return [...new Set(roles)];
}

/**
 * One notice for each person, however many of the roles they hold. A breach or escalation whose roles are all vacant goes to
 * the office's admins, who can appoint somebody: it must not be heard by nobody.
 */
export function noticesFor(
  level: LadderLevel,
  step: LateStep,
  directory: Directory,
  time: WorkingTime,
  at: number,
): NoticeWrite[] {
  const told = directory.holders.filter((holder) => isTold(level, step, holder));
  const isVacant = told.length === 0 && level.kind !== 'warning';
  const hearers = isVacant ? directory.holders.filter(({ role }) => role === 'admin') : told;
  const late = sentence(level, step, directory, time, at);
  const text = isVacant ? together(late, vacancy(rolesTold(level, step), directory)) : late;
  return [...new Set(hearers.map(({ accountId }) => accountId))].map((recipientId) => ({
    kind: KINDS[level.kind],
    level: level.percent,
    recipientId,
    text,
  }));
}

function vacancy(roles: readonly Role[], { titles }: Directory): Text {
  const names = roles.map((role) => titles[role] ?? role).join(', ');
  return {
    id: `Jabatan ${names} kosong, sehingga tidak ada pejabat yang diberi tahu. Mohon tetapkan pejabat atau pelaksana tugasnya.`,
    en: `Nobody holds ${names}, so no officer was told. Please appoint one, or order somebody to act.`,
  };
}

function together(one: Text, other: Text): Text {
  return { id: `${one.id} ${other.id}`, en: `${one.en} ${other.en}` };
}

function sentence(
  { percent, kind }: LadderLevel,
  step: LateStep,
  directory: Directory,
  time: WorkingTime,
  at: number,
): Text {
  const title = directory.titles[step.accountableRole] ?? step.accountableRole;
  const { caseNo, stepNo, stepLabel, minutes } = step;
  const sameDay = time.dateOf(step.visitStartedAt) === time.dateOf(at);
  const clock = time.timeOf(step.visitStartedAt);
  const since = sameDay ? clock : `${longDate(step.visitStartedAt, time, 'id')} pukul ${clock}`;
  const sinceEn = sameDay ? clock : `${longDate(step.visitStartedAt, time, 'en')}, ${clock}`;
  if (kind === 'warning') {
    return {
      id: `Berkas ${caseNo}, langkah ${stepNo} (${stepLabel.id}), sudah memakai ${percent} % dari ${minutes} menit kerja sejak ${since}. Pelaksana: ${title}.`,
      en: `Case ${caseNo}, step ${stepNo} (${stepLabel.en}), has used ${percent} % of its ${minutes} working minutes since ${sinceEn}. Performer: ${title}.`,
    };
  }
  const total = (minutes * percent) / 100;
  return {
    id: `Berkas ${caseNo}, langkah ${stepNo} (${stepLabel.id}), melewati ${total} menit kerja sejak ${since}. Pelaksana: ${title}. Mohon tindak lanjut.`,
    en: `Case ${caseNo}, step ${stepNo} (${stepLabel.en}), has passed ${total} working minutes since ${sinceEn}. Performer: ${title}. Please follow up.`,
  };
}

const MONTHS = {
  id: 'Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember'.split(' '),
  en: 'January February March April May June July August September October November December'.split(' '),
};

/** `24 November 2026`, in the office's zone. */
function longDate(at: number, time: WorkingTime, language: keyof Text): string {
  const [year = '', month = '', day = ''] = time.dateOf(at).split('-');
  return `${Number(day)} ${MONTHS[language][Number(month) - 1] ?? ''} ${year}`;
}

/** Tembusan: a read-only copy for those a disposition lists beside its one recipient. */
export function copyNotices(
  copyTo: readonly Role[],
  recipientId: string,
  caseNo: string,
  directory: Directory,
): NoticeWrite[] {
  const told = directory.holders
    .filter(({ role, accountId }) => copyTo.includes(role) && accountId !== recipientId)
    .map(({ accountId }) => accountId);
  const text = {
    id: `Tembusan disposisi berkas ${caseNo}, untuk diketahui.`,
    en: `Copy of the disposition of case ${caseNo}, for information.`,
  };
  return [...new Set(told)].map((recipient) => ({ kind: 'DISPOSITION_COPY', level: 0, recipientId: recipient, text }));
}
