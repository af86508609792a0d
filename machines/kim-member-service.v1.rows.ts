/**
 * The printed table of SOP 427.53/4/01.01/2018, row by row: performers, kelengkapan, standard minutes, output.
 * To change a standard minute, copy the v1 files to v2 and change it there (CONTRIBUTING.md): a released version is frozen.
 */
import type { StepMeta } from './contract.js';

const NEWS_PRINTOUT = { paper: 'NEWS_PRINTOUT', label: 'Print Out Berita' };
const ASSIGNMENT_LETTER = { paper: 'ASSIGNMENT_LETTER', label: 'Surat Tugas', or: ['WALK_IN'] };
const CASE_FILE = { paper: 'CASE_FILE', label: 'Berkas dan Dokumen' };
const AGENDA_BOOK = { paper: 'AGENDA_BOOK', label: 'Buku agenda' };
const DISPOSITION_SHEET = { paper: 'DISPOSITION_SHEET', label: 'Lembar disposisi' };
const AGENDA_ENTRY = { paper: 'AGENDA_ENTRY', label: 'Pengagendaan surat dan pemberian lembar disposisi' };
const INCOMING_LETTER = { paper: 'INCOMING_LETTER', label: 'Surat masuk', or: ['ASSIGNMENT_LETTER', 'WALK_IN'] };
const DISPOSITION = { paper: 'DISPOSITION', label: 'Disposisi' };
const INCOMING_AGENDA = { paper: 'AGENDA_BOOK', label: 'Buku agenda surat masuk' };
const RECORDED_DISPOSITION = { paper: 'RECORDED_DISPOSITION', label: 'Disposisi' };
const DELIVERED_DISPOSITION = { paper: 'DELIVERED_DISPOSITION', label: 'Disposisi' };
const FOLLOW_UP_DOCUMENT = { paper: 'FOLLOW_UP_DOCUMENT', label: 'Dokumen' };
const SERVICE_DOCUMENT = { paper: 'SERVICE_DOCUMENT', label: 'Dokumen' };
const FILE = { paper: 'CASE_FILE', label: 'File' };
const ARCHIVE = { paper: 'ARCHIVE', label: 'Arsip' };

export const ROW_1 = {
  kind: 'step',
  no: 1,
  label: { id: 'Penerimaan pemohon', en: 'Applicant received' },
  activity: 'Anggota KIM menemui petugas',
  boxes: ['Staff Administrasi'],
  accountable: ['staff'],
  minutes: 3,
  requirements: [NEWS_PRINTOUT, ASSIGNMENT_LETTER],
  output: CASE_FILE,
} as const satisfies StepMeta;

export const ROW_2 = {
  kind: 'step',
  no: 2,
  label: { id: 'Pencatatan dan agenda surat masuk', en: 'Registration in the agenda book' },
  activity:
    'Petugas mencatat maksud dan tujuan pemohon selanjutnya dilakukan pencatatan surat masuk ke dalam buku agenda dan pemberian lembar disposisi',
  boxes: ['Staff Administrasi'],
  accountable: ['staff'],
  minutes: 5,
  requirements: [AGENDA_BOOK, DISPOSITION_SHEET],
  output: AGENDA_ENTRY,
  outputField: 'letter',
} as const satisfies StepMeta;

export const ROW_3 = {
  kind: 'step',
  no: 3,
  label: { id: 'Disposisi', en: 'Disposition by the head' },
  activity: 'Pengecekan surat dan mendisposisikan /mendistribusikan',
  boxes: ['Kadin', 'Staff Administrasi'],
  accountable: ['kadin'],
  minutes: 5,
  requirements: [INCOMING_LETTER, DISPOSITION_SHEET],
  output: DISPOSITION,
  outputField: 'disposition',
} as const satisfies StepMeta;

export const ROW_4 = {
  kind: 'step',
  no: 4,
  label: { id: 'Pencatatan disposisi', en: 'Disposition recorded' },
  activity: 'Penerimaan dan pencatatan disposisi pada berkas surat masuk',
  boxes: ['Kadin', 'Staff Administrasi'],
  accountable: ['staff'],
  minutes: 1,
  requirements: [INCOMING_AGENDA],
  output: RECORDED_DISPOSITION,
} as const satisfies StepMeta;

export const ROW_5 = {
  kind: 'step',
  no: 5,
  label: { id: 'Penyampaian surat sesuai disposisi', en: 'Letter delivered as disposed' },
  activity: 'Penyampaian surat masuk sesuai disposisi',
  boxes: ['Sekdin/Kabid', 'Staff Administrasi'],
  accountable: ['staff'],
  minutes: 3,
  requirements: [INCOMING_LETTER, DISPOSITION],
  output: DELIVERED_DISPOSITION,
} as const satisfies StepMeta;

export const ROW_6 = {
  kind: 'step',
  no: 6,
  label: { id: 'Tindak lanjut disposisi', en: 'Disposition followed up' },
  activity: 'Tindak lanjut Disposisi',
  boxes: ['Sekdin/Kabid', 'Staff Administrasi'],
  accountable: ['sekdin', 'kabid'],
  minutes: 1,
  requirements: [INCOMING_LETTER, DISPOSITION],
  output: FOLLOW_UP_DOCUMENT,
} as const satisfies StepMeta;

export const ROW_7 = {
  kind: 'step',
  no: 7,
  label: { id: 'Pelaksanaan pelayanan', en: 'Service delivered' },
  activity: 'Pelaksanaan Pelayanan',
  boxes: ['Staff Administrasi'],
  accountable: ['staff'],
  minutes: 15,
  requirements: [NEWS_PRINTOUT, ASSIGNMENT_LETTER],
  output: SERVICE_DOCUMENT,
} as const satisfies StepMeta;

export const ROW_8 = {
  kind: 'step',
  no: 8,
  label: { id: 'Pengarsipan', en: 'Archiving' },
  activity: 'Pengarsipan',
  boxes: ['Kasi', 'Staff Administrasi'],
  accountable: ['kasi'],
  minutes: 1,
  requirements: [FILE],
  output: ARCHIVE,
  outputField: 'archiveCode',
} as const satisfies StepMeta;
