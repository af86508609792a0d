/** Who is told what when a step is late, and the sentences. Pure; the engine writes the rows in its own statement. */
import type { Role, Text } from '../../machines/contract.js';
import type { Directory, NoticeWrite } from '../engine/types.js';
import type { WorkingTime } from '../sla/calendar.js';
import type { Level } from '../sla/ladder.js';

export interface LateStep {
  readonly caseNo: string;
  readonly stepNo: number;
  readonly stepLabel: Text;
  readonly minutes: number;
  readonly visitStartedAt: number;
  readonly accountableRole: Role;
  readonly accountableId: string | null;
}

/** The accountable officer's superior; the section head owns the process and hears of every breach. */
const SUPERIORS: Readonly<Partial<Record<Role, readonly Role[]>>> = {
  staff: ['kasi'],
  sekdin: ['kadin'],
  kabid: ['kadin'],
  kasi: ['kadin'],
  kadin: ['kasi', 'sekdin'],
};

/** Roles that hear of a level. The warning goes to whoever can still be in time. */
function rolesFor(level: Level, accountable: Role): readonly Role[] {
  switch (level) {
    case 80:
      return [accountable];
    case 100:
      return ['kasi', ...(SUPERIORS[accountable] ?? [])];
    case 200:
      return ['sekdin', 'kabid'];
    case 400:
      return ['kadin'];
  }
}

/** One notice for each person, however many of the roles they hold. */
export function noticesFor(
  level: Level,
  step: LateStep,
  directory: Directory,
  time: WorkingTime,
  at: number,
): NoticeWrite[] {
  const roles = rolesFor(level, step.accountableRole);
  const told = directory.holders
    .filter(({ role }) => roles.includes(role))
    .filter(({ accountId }) => level !== 80 || step.accountableId === null || accountId === step.accountableId)
    .map(({ accountId }) => accountId);
  const kind = level === 80 ? 'SLA_WARNING' : level === 100 ? 'SLA_BREACH' : 'SLA_ESCALATION';
  const text = sentence(level, step, directory, time, at);
  return [...new Set(told)].map((recipientId) => ({ kind, level, recipientId, text }));
}

function sentence(level: Level, step: LateStep, directory: Directory, time: WorkingTime, at: number): Text {
  const title = directory.titles[step.accountableRole] ?? step.accountableRole;
  const { caseNo, stepNo, stepLabel, minutes } = step;
  const sameDay = time.dateOf(step.visitStartedAt) === time.dateOf(at);
  const clock = time.timeOf(step.visitStartedAt);
  const since = sameDay ? clock : `${longDate(step.visitStartedAt, time, 'id')} pukul ${clock}`;
  const sinceEn = sameDay ? clock : `${longDate(step.visitStartedAt, time, 'en')}, ${clock}`;
  if (level === 80) {
    return {
      id: `Berkas ${caseNo}, langkah ${stepNo} (${stepLabel.id}), sudah memakai 80 % dari ${minutes} menit kerja sejak ${since}. Pelaksana: ${title}.`,
      en: `Case ${caseNo}, step ${stepNo} (${stepLabel.en}), has used 80 % of its ${minutes} working minutes since ${sinceEn}. Performer: ${title}.`,
    };
  }
  const total = (minutes * level) / 100;
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
