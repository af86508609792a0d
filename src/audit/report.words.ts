/** Words of the printed report, Indonesian first. */
import type { Text } from '../../machines/contract.js';
import { LISTS, type ListName } from './audit.types.js';

const word = (id: string, en: string): Text => ({ id, en });

export const WORDS = {
  title: word('Laporan pemeriksaan', 'Audit report'),
  office: word('Perangkat daerah', 'Office'),
  sop: word('SOP', 'SOP'),
  version: word('versi', 'version'),
  period: word('Masa', 'Period'),
  until: word('sampai sebelum', 'until before'),
  made: word('Dibuat', 'Made'),
  by: word('oleh', 'by'),
  cases: word('Perkara', 'Cases'),
  entries: word('Catatan', 'Entries'),
  integrity: word('Keutuhan riwayat', 'Integrity of the history'),
  whole: word('UTUH: semua rantai sesuai', 'WHOLE: every chain holds'),
  broken: word('RUSAK', 'BROKEN'),
  checkpoint: word('Titik periksa', 'Checkpoint'),
  noCheckpoint: word('Belum ada titik periksa yang ditandatangani.', 'No checkpoint was signed yet.'),
  none: word('Tidak ada.', 'None.'),
  refused: word('Percobaan yang ditolak', 'Refused attempts'),
  times: word('Kali', 'Times'),
  overdue: word('Terlambat saat ini', 'Overdue now'),
  findings: word('Temuan', 'Findings'),
  notices: word('Pemberitahuan', 'Notices'),
  case: word('Perkara', 'Case'),
  at: word('Waktu', 'Time'),
  act: word('Peristiwa', 'Event'),
  actor: word('Pelaku', 'Actor'),
  step: word('Langkah', 'Step'),
  minutes: word('Menit', 'Minutes'),
  verdict: word('Hasil', 'Verdict'),
  detail: word('Keterangan', 'Detail'),
  count: word('Jumlah', 'Count'),
  due: word('Jatuh tempo', 'Due'),
  state: word('Keadaan', 'State'),
  acknowledged: word('Dikonfirmasi', 'Acknowledged'),
  desk: word('Meja', 'Desk'),
  ON_TIME: word('tepat waktu', 'on time'),
  LATE: word('terlambat', 'late'),
  sent: word('Terkirim', 'Sent'),
  delay: word('Tunda, median / terlama (detik)', 'Delay, median / longest (seconds)'),
  actingFor: word('menurut surat', 'by letter'),
  system: word('sistem', 'system'),
  page: word('Halaman', 'Page'),
  of: word('dari', 'of'),
} as const satisfies Record<string, Text>;

/** Entries that the system makes, which no machine names. */
export const SYSTEM_EVENTS: Readonly<Record<string, Text>> = {
  OPENED: word('Perkara dibuka', 'Case opened'),
  SLA_WARNED: word('Waktu hampir habis', 'Time nearly used up'),
  SLA_BREACHED: word('Waktu baku terlampaui', 'Standard time exceeded'),
  SLA_ESCALATED: word('Keterlambatan diteruskan ke atasan', 'Delay escalated'),
  CALENDAR_CHANGED: word('Kalender berubah', 'Calendar changed'),
  UNREADABLE: word('TEKS TIDAK TERBACA', 'TEXT UNREADABLE'),
};

/** Names in the details of a list. */
export const DETAILS: Readonly<Record<string, Text>> = {
  usedMinutes: word('menit terpakai', 'minutes used'),
  budgetMinutes: word('menit baku', 'standard minutes'),
  reason: word('sebab', 'reason'),
  letterNumber: word('surat', 'letter'),
  event: word('peristiwa', 'event'),
  role: word('peran', 'role'),
  roles: word('peran', 'roles'),
  book: word('buku', 'book'),
  year: word('tahun', 'year'),
  number: word('nomor', 'number'),
  first: word('dari', 'from'),
  last: word('sampai', 'to'),
  date: word('tanggal surat', 'date of the letter'),
  cause: word('sebab', 'cause'),
  days: word('hari', 'days'),
  allowedDays: word('hari yang wajar', 'usual days'),
  endedAt: word('berakhir', 'ended'),
  stepNo: word('langkah', 'step'),
  visits: word('kunjungan', 'visits'),
  times: word('kali', 'times'),
};

const TITLES: Readonly<Record<ListName, Text>> = {
  breaches: word('Pelanggaran waktu baku', 'Breaches of standard times'),
  outsideSop: word('Peristiwa di luar SOP', 'Events outside the SOP'),
  holds: word('Penundaan', 'Holds'),
  corrections: word('Pengembalian dan perubahan', 'Returns and corrections'),
  acting: word('Tindakan pejabat pelaksana (Plh./Plt.)', 'Acts of acting officers'),
  reDispositions: word('Disposisi yang ditarik kembali', 'Re-dispositions'),
};

export const LIST_TITLES = LISTS.map((name) => ({ name, title: TITLES[name] }));
