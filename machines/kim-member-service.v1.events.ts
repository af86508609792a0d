/** What each event of the KIM service carries: payload, an example that works, and which fields stay out of history. */
import { z } from 'zod';
import type { Act, EventSpec, Named, StepMeta } from './contract.js';
import { ROW_1, ROW_2, ROW_3, ROW_4, ROW_5, ROW_6, ROW_7, ROW_8 } from './kim-member-service.v1.rows.js';

/** Kinds of paper an officer may put on file at any time: uploaded, or recorded as seen on paper. */
export const papers = {
  NEWS_PRINTOUT: { id: 'Print out berita', en: 'News print-out' },
  ASSIGNMENT_LETTER: { id: 'Surat tugas', en: 'Letter of assignment' },
  WALK_IN: { id: 'Formulir pemohon tanpa surat', en: "The desk's form for an applicant without a letter" },
  INCOMING_LETTER: { id: 'Surat masuk', en: 'Incoming letter' },
  AGENDA_BOOK: { id: 'Buku agenda', en: 'Agenda book' },
  DISPOSITION_SHEET: { id: 'Lembar disposisi', en: 'Disposition sheet' },
  CASE_FILE: { id: 'Berkas dan dokumen', en: 'Case file' },
  FOLLOW_UP_DOCUMENT: { id: 'Dokumen tindak lanjut', en: 'Follow-up document' },
  SERVICE_DOCUMENT: { id: 'Dokumen pelayanan', en: 'Service document' },
  OUTGOING_LETTER: { id: 'Surat keluar', en: 'Outgoing letter' },
} as const;

const paper = z.enum(Object.keys(papers) as [keyof typeof papers, ...(keyof typeof papers)[]]);
/** Free text an officer writes. It may name a person, so it never enters the history itself. */
const text = z.string().trim().min(3).max(2000);
const date = z.iso.date();
/** Letter numbers and archive codes: letters, digits and the marks offices use in them. */
const code = z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N} ./()-]{0,59}$/u);

/** The papers a row speaks of: an officer cannot tick the output of another step in advance. */
function papersOf({ requirements, output, outputField }: StepMeta) {
  const kinds = requirements.flatMap(({ paper: kind, or = [] }) => [kind, ...or]);
  return z
    .array(z.enum(outputField ? kinds : [...kinds, output.paper]))
    .max(20)
    .optional();
}

const act = {
  outsideSop: false,
  movesCase: true,
  personal: ['note'],
} as const;
const exception = { ...act, outsideSop: true, personal: ['reason'] } as const;
const note = text.optional();

export const events = {
  RECEIVE_APPLICANT: {
    ...act,
    label: { id: 'Terima pemohon', en: 'Receive the applicant' },
    schema: 'ReceiveApplicant',
    payload: z.strictObject({ papers: papersOf(ROW_1), note }),
    example: { papers: ['NEWS_PRINTOUT', 'ASSIGNMENT_LETTER', 'CASE_FILE'] },
  },
  REGISTER_LETTER: {
    ...act,
    label: { id: 'Agendakan surat masuk', en: 'Register the incoming letter' },
    schema: 'RegisterLetter',
    payload: z.strictObject({
      papers: papersOf(ROW_2),
      letter: z
        .strictObject({
          kind: z.enum(['LETTER', 'ASSIGNMENT_LETTER', 'WALK_IN']),
          number: code.optional(),
          date,
          urgency: z.enum(['BIASA', 'SEGERA', 'SANGAT_SEGERA']).default('BIASA'),
          securityClass: z.enum(['BIASA', 'TERBATAS', 'RAHASIA', 'SANGAT_RAHASIA']).default('BIASA'),
          srikandiRef: code.optional(),
        })
        .optional(),
      sender: text.optional(),
      subject: text.optional(),
      note,
    }),
    personal: ['sender', 'subject', 'note'],
    book: 'incoming',
    example: {
      papers: ['AGENDA_BOOK', 'DISPOSITION_SHEET'],
      letter: { kind: 'ASSIGNMENT_LETTER', number: '005/12/KIM/2026', date: '2026-11-24', urgency: 'BIASA' },
      sender: 'KIM Contoh Makmur',
      subject: 'Permohonan publikasi berita kegiatan desa',
    },
  },
  ISSUE_DISPOSITION: {
    ...act,
    label: { id: 'Disposisikan', en: 'Issue the disposition' },
    schema: 'IssueDisposition',
    payload: z.strictObject({
      papers: papersOf(ROW_3),
      disposition: z
        .strictObject({
          recipientRole: z.enum(['sekdin', 'kabid']),
          recipient: z.string().min(1).max(60).optional(),
          copyTo: z
            .array(z.enum(['sekdin', 'kabid']))
            .max(2)
            .default([]),
        })
        .optional(),
      instruction: text.optional(),
    }),
    personal: ['instruction'],
    names: 'disposition',
    example: { disposition: { recipientRole: 'kabid', copyTo: ['sekdin'] }, instruction: 'Mohon ditindaklanjuti.' },
  },
  RECORD_DISPOSITION: {
    ...act,
    label: { id: 'Catat disposisi', en: 'Record the disposition' },
    schema: 'RecordDisposition',
    payload: z.strictObject({ papers: papersOf(ROW_4), note }),
    example: { papers: ['AGENDA_BOOK', 'RECORDED_DISPOSITION'] },
  },
  DELIVER_DISPOSITION: {
    ...act,
    label: { id: 'Sampaikan surat', en: 'Deliver the letter' },
    schema: 'DeliverDisposition',
    payload: z.strictObject({ papers: papersOf(ROW_5), note }),
    example: { papers: ['DELIVERED_DISPOSITION'] },
  },
  FOLLOW_UP_DISPOSITION: {
    ...act,
    label: { id: 'Tindak lanjuti disposisi', en: 'Follow up the disposition' },
    schema: 'FollowUpDisposition',
    payload: z.strictObject({ papers: papersOf(ROW_6), note }),
    example: { papers: ['FOLLOW_UP_DOCUMENT'] },
  },
  COMPLETE_SERVICE: {
    ...act,
    label: { id: 'Selesaikan pelayanan', en: 'Complete the service' },
    schema: 'CompleteService',
    payload: z.strictObject({ papers: papersOf(ROW_7), note }),
    example: { papers: ['SERVICE_DOCUMENT'] },
  },
  REGISTER_OUTGOING_LETTER: {
    ...act,
    label: { id: 'Agendakan surat keluar', en: 'Register an outgoing letter' },
    schema: 'RegisterOutgoingLetter',
    payload: z.strictObject({
      letter: z.strictObject({
        date,
        securityClass: z.enum(['BIASA', 'TERBATAS', 'RAHASIA', 'SANGAT_RAHASIA']).default('BIASA'),
      }),
      subject: text.optional(),
      note,
    }),
    movesCase: false,
    personal: ['subject', 'note'],
    book: 'outgoing',
    example: { letter: { date: '2026-11-24' }, subject: 'Jawaban permohonan publikasi' },
  },
  FILE_DOCUMENTS: {
    ...act,
    label: { id: 'Arsipkan berkas', en: 'File the documents' },
    schema: 'FileDocuments',
    payload: z.strictObject({ papers: papersOf(ROW_8), archiveCode: code.optional(), note }),
    example: { archiveCode: '427.72/KIM/2026/17' },
  },
  CONFIRM_ARCHIVE: {
    ...act,
    label: { id: 'Sahkan arsip', en: 'Confirm the archive' },
    schema: 'ConfirmArchive',
    payload: z.strictObject({ note }),
    example: {},
  },
  RETURN_INCOMPLETE: {
    ...exception,
    label: { id: 'Kembalikan, belum lengkap', en: 'Return as incomplete' },
    schema: 'ReturnIncomplete',
    payload: z.strictObject({ missing: z.array(paper).max(20).default([]), reason: text }),
    example: { missing: ['ASSIGNMENT_LETTER'], reason: 'Surat tugas belum ditandatangani.' },
  },
  RESUBMIT: {
    ...exception,
    label: { id: 'Ajukan kembali', en: 'Resubmit' },
    schema: 'Resubmit',
    payload: z.strictObject({ papers: z.array(paper).max(20).optional(), reason: text }),
    example: { papers: ['ASSIGNMENT_LETTER'], reason: 'Surat tugas sudah dilengkapi.' },
  },
  REJECT: {
    ...exception,
    label: { id: 'Tolak', en: 'Reject' },
    schema: 'Reject',
    payload: z.strictObject({ reason: text }),
    example: { reason: 'Bukan kewenangan dinas.' },
  },
  WITHDRAW: {
    ...exception,
    label: { id: 'Cabut atas permintaan pemohon', en: 'Withdraw for the applicant' },
    schema: 'Withdraw',
    payload: z.strictObject({ reason: text }),
    example: { reason: 'Pemohon mencabut permohonannya.' },
  },
  CANCEL: {
    ...exception,
    label: { id: 'Batalkan', en: 'Cancel' },
    schema: 'Cancel',
    payload: z.strictObject({ reason: text }),
    example: { reason: 'Permohonan tercatat ganda.' },
  },
  RECALL_DISPOSITION: {
    ...exception,
    label: { id: 'Tarik kembali disposisi', en: 'Recall the disposition' },
    schema: 'RecallDisposition',
    payload: z.strictObject({ reason: text }),
    example: { reason: 'Disposisi salah alamat.' },
  },
  HOLD: {
    ...exception,
    label: { id: 'Tangguhkan', en: 'Put on hold' },
    schema: 'Hold',
    payload: z.strictObject({
      cause: z.enum(['WAITING_FOR_APPLICANT', 'FIELD_OBSERVATION', 'FORCE_MAJEURE']),
      reason: text,
    }),
    example: { cause: 'WAITING_FOR_APPLICANT', reason: 'Menunggu pemohon melengkapi foto kegiatan.' },
  },
  RESUME: {
    ...exception,
    label: { id: 'Lanjutkan', en: 'Resume' },
    schema: 'Resume',
    payload: z.strictObject({ reason: text }),
    example: { reason: 'Pemohon sudah melengkapi.' },
  },
  RECORD_PAPER: {
    ...act,
    label: { id: 'Catat dokumen', en: 'Record a paper' },
    schema: 'RecordPaper',
    payload: z.strictObject({ kind: paper, note }),
    movesCase: false,
    example: { kind: 'NEWS_PRINTOUT', note: 'Dilihat di meja layanan.' },
  },
} as const satisfies Record<string, EventSpec>;

/** The machine's event: a payload's non-personal fields, and who acts in which role. */
export interface KimEvent extends Act {
  type: keyof typeof events;
  papers?: string[];
  missing?: string[];
  kind?: string;
  letter?: object;
  disposition?: object;
  archiveCode?: string;
  named?: Named;
}

/** Personal data of the member (UU 27/2022): kept apart from history, destroyed lawfully on its own. */
export const applicant = z.strictObject({
  name: z.string().trim().min(2).max(120),
  kim: z.string().trim().min(2).max(120),
  village: z.string().trim().min(2).max(120),
  phone: z
    .string()
    .regex(/^\+?[0-9][0-9 -]{5,18}$/)
    .optional(),
  purpose: z.string().trim().min(3).max(2000),
});

export const applicantExample = {
  name: 'Nama Pemohon',
  kim: 'KIM Contoh Makmur',
  village: 'Desa Contoh',
  phone: '0800-0000-0000',
  purpose: 'Publikasi berita kegiatan desa',
};
