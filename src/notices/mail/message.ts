/** A mail about one notice, or a day's notices together: Bahasa Indonesia first, then English; as text and as HTML. Pure. */
import type { Text } from '../../../machines/contract.js';

export interface MailNotice {
  readonly caseNo: string;
  readonly kind: string;
  readonly textId: string;
  readonly textEn: string;
}

export interface Mail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly attachments?: { readonly filename: string; readonly content: string; readonly contentType: string }[];
}

const SUBJECTS: Readonly<Record<string, Text>> = {
  SLA_WARNING: { id: 'Waktu hampir habis', en: 'Time is running out' },
  SLA_BREACH: { id: 'Langkah melewati waktu', en: 'A step is late' },
  SLA_ESCALATION: { id: 'Keterlambatan berlanjut', en: 'A step is still late' },
  DISPOSITION_COPY: { id: 'Tembusan disposisi', en: 'Copy of a disposition' },
};
const OTHER: Text = { id: 'Pemberitahuan', en: 'Notice' };

const FOOTER: Text = {
  id: 'Surat ini dikirim otomatis. Pengaturan pemberitahuan ada di akun Alur Anda.',
  en: 'This mail was sent automatically. Your Alur account has the settings for notices.',
};

export function mailOf(notices: readonly MailNotice[], isDigest: boolean): Mail {
  const indonesian = notices.map(({ textId }) => textId);
  const english = notices.map(({ textEn }) => textEn);
  return { subject: subjectOf(notices, isDigest), ...bothWays(indonesian, english, FOOTER) };
}

/** Paragraphs in both languages, as text and as HTML. */
export function bothWays(
  indonesian: readonly string[],
  english: readonly string[],
  footer: Text,
): Pick<Mail, 'text' | 'html'> {
  return {
    text: [...indonesian, footer.id, '--', ...english, footer.en, ''].join('\n\n'),
    html:
      '<!DOCTYPE html><html lang="id"><head><meta charset="utf-8"></head><body>' +
      `${part('id', indonesian, footer)}<hr>${part('en', english, footer)}</body></html>`,
  };
}

function subjectOf(notices: readonly MailNotice[], isDigest: boolean): string {
  const [first] = notices;
  if (isDigest || !first) {
    return `[Alur] Ringkasan: ${notices.length} pemberitahuan / Summary: ${notices.length} notice(s)`;
  }
  const { id, en } = SUBJECTS[first.kind] ?? OTHER;
  return `[Alur] ${id}: ${first.caseNo} / ${en}`;
}

function part(language: keyof Text, texts: readonly string[], footer: Text): string {
  const lines = texts.map((text) => `<p>${escape(text)}</p>`).join('');
  return `<div lang="${language}">${lines}<p><small>${escape(footer[language])}</small></p></div>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
