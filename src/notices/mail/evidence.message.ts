/** Mails to inspectors about the log itself: a checkpoint to keep, and an alarm. No names of people, no text of a case. Pure. */
import type { Text } from '../../../machines/contract.js';
import { bothWays, type Mail } from './message.js';

export interface MailCheckpoint {
  readonly size: number;
  readonly note: string;
}

export interface MailAlarm {
  readonly source: 'self-check' | 'signer';
  readonly office: string;
  /** Null: the log itself. */
  readonly caseId: string | null;
  /** Null where the case itself is gone. */
  readonly caseNo: string | null;
  readonly differences: number;
}

const FOOTER: Text = {
  id: 'Surat ini dikirim otomatis kepada pemeriksa. Cara memeriksa: docs/verify.md.',
  en: 'This mail was sent automatically to inspectors. How to check: docs/verify.md.',
};

/** The note is attached as it was signed: line ends of a mail's text are not kept by every program. */
export function checkpointMail({ size, note }: MailCheckpoint): Mail {
  const kept = (text: string) => [text, note.trimEnd()];
  return {
    subject: `[Alur] Titik periksa: ${size} entri / Checkpoint: ${size} entries`,
    ...bothWays(
      kept(
        'Simpan lampiran ini di luar kantor: hanya titik periksa yang Anda simpan membuktikan riwayat yang dipotong.',
      ),
      kept('Keep the attachment outside the office: only a checkpoint that you hold proves that a history was cut.'),
      FOOTER,
    ),
    attachments: [{ filename: `checkpoint-${size}.txt`, content: note, contentType: 'text/plain; charset=utf-8' }],
  };
}

export function alarmMail({ source, office, caseId, caseNo, differences }: MailAlarm): Mail {
  const about = caseId === null ? 'log' : (caseNo ?? caseId);
  const [id, en] =
    source === 'signer'
      ? [
          `${office}: log tidak lagi seperti yang ditandatangani. Penandatanganan berhenti.`,
          `${office}: the log is not what was signed. Signing has stopped.`,
        ]
      : [
          `${office}: ${caseId === null ? 'log' : `berkas ${about}`} tidak lagi cocok dengan yang disegel (${differences} perbedaan).`,
          `${office}: ${caseId === null ? 'the log' : `case ${about}`} no longer agrees with what was sealed (${differences} difference(s)).`,
        ];
  return {
    subject: `[Alur] Keutuhan riwayat: ${about} / Integrity of the history`,
    ...bothWays(
      [id, 'Unduh ekspor sekarang, periksa dengan titik periksa yang Anda simpan, dan simpan keduanya sebagai bukti.'],
      [en, 'Download an export now, check it with the checkpoints you keep, and keep both as evidence.'],
      FOOTER,
    ),
  };
}
