/**
 * One family of errors, by what the caller can do next. Every code stands in this table and in docs/errors.md; a test
 * holds the two together. Sentences are Indonesian and English; `{name}` is filled from the error's parameters.
 */
import type { Blocker, Text } from '../machines/contract.js';

interface ErrorSpec extends Text {
  readonly status: number;
}

export const ERRORS = {
  INVALID_INPUT: {
    status: 400,
    en: 'The request does not fit its schema. See "issues" for each field, and correct them.',
    id: 'Isian tidak sesuai skema. Lihat "issues" untuk tiap isian, lalu perbaiki.',
  },
  MALFORMED_JSON: {
    status: 400,
    en: 'The body is not valid JSON. Send a JSON object.',
    id: 'Isi permintaan bukan JSON yang sah. Kirim objek JSON.',
  },
  UNKNOWN_EVENT: {
    status: 400,
    en: 'This service knows no event {event}. See GET /services/{service} for its events.',
    id: 'Layanan ini tidak mengenal peristiwa {event}. Lihat GET /services/{service}.',
  },
  UNKNOWN_SERVICE: {
    status: 400,
    en: 'There is no service {service}. See GET /services.',
    id: 'Layanan {service} tidak ada. Lihat GET /services.',
  },
  INVALID_CURSOR: {
    status: 400,
    en: 'The cursor is not one of ours. Start again without it.',
    id: 'Kursor tidak dikenal. Mulai lagi tanpa kursor.',
  },
  UNAUTHENTICATED: {
    status: 401,
    en: 'A valid bearer token is needed. Get one from POST /auth/token.',
    id: 'Diperlukan token yang sah. Dapatkan dari POST /auth/token.',
  },
  WRONG_CREDENTIALS: {
    status: 401,
    en: 'Account or password is wrong.',
    id: 'Akun atau kata sandi salah.',
  },
  FORBIDDEN: {
    status: 403,
    en: 'Your roles do not allow this; it needs one of: {roles}.',
    id: 'Peran Anda tidak memperbolehkan ini; diperlukan salah satu dari: {roles}.',
  },
  PASSWORD_CHANGE_REQUIRED: {
    status: 403,
    en: 'This password was chosen by somebody else. Change it at POST /auth/password.',
    id: 'Kata sandi ini dibuat orang lain. Ganti lewat POST /auth/password.',
  },
  OWN_ACCOUNT: {
    status: 403,
    en: 'Nobody grants a role to their own account. Another administrator must do it.',
    id: 'Tidak seorang pun dapat memberi peran kepada akunnya sendiri. Harus dilakukan admin lain.',
  },
  NOT_FOUND: {
    status: 404,
    en: 'There is no such thing in your office. Check the id.',
    id: 'Tidak ditemukan di kantor Anda. Periksa id-nya.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    en: 'This path does not take this method. See /api/docs.',
    id: 'Alamat ini tidak menerima metode tersebut. Lihat /api/docs.',
  },
  REQUEST_TIMEOUT: {
    status: 408,
    en: 'The request did not arrive whole in time. Send it again over a faster line, or send less.',
    id: 'Permintaan tidak tiba utuh pada waktunya. Kirim lagi lewat jaringan yang lebih cepat, atau kirim lebih kecil.',
  },
  TRANSITION_REFUSED: {
    status: 409,
    en: 'The case cannot take this event now. See "blockers" for why and "allowed" for what it takes.',
    id: 'Berkas belum dapat menerima peristiwa ini. Lihat "blockers" dan "allowed".',
  },
  TOO_MANY_PAPERS: {
    status: 409,
    en: 'The case has {limit} papers on file already, and takes no more.',
    id: 'Berkas sudah memuat {limit} dokumen dan tidak menerima lagi.',
  },
  TOO_MANY_WEBHOOKS: {
    status: 409,
    en: 'The office has {limit} webhook endpoints already. Delete one first.',
    id: 'Kantor sudah memiliki {limit} penerima webhook. Hapus salah satu lebih dahulu.',
  },
  WEBHOOK_EXISTS: {
    status: 409,
    en: 'The office has a webhook endpoint with this address: {id}. Change it, or give it a new secret.',
    id: 'Kantor sudah memiliki penerima webhook dengan alamat ini: {id}. Ubah penerima itu atau ganti rahasianya.',
  },
  TOO_MANY_SECRETS: {
    status: 409,
    en: 'The client has {limit} live secrets already. Revoke one first.',
    id: 'Klien sudah memiliki {limit} rahasia yang berlaku. Cabut salah satu lebih dahulu.',
  },
  LOGIN_TAKEN: {
    status: 409,
    en: 'The login {login} is in use. Choose another.',
    id: 'Nama akun {login} sudah dipakai. Pilih yang lain.',
  },
  IDENTITY_TAKEN: {
    status: 409,
    en: 'This identity speaks for an account already.',
    id: 'Identitas ini sudah terhubung dengan sebuah akun.',
  },
  NOTHING_TO_ACT_FOR: {
    status: 409,
    en: 'The officer acted for does not hold the role {role} by appointment at that time. Check person, role and dates.',
    id: 'Pejabat yang digantikan tidak memegang peran {role} secara definitif pada masa itu. Periksa orang, peran, dan tanggal.',
  },
  DUTIES_APART: {
    status: 409,
    en: 'Who administers or inspects holds no role that carries out steps, nor the other way round. End the other roles first, or use another account.',
    id: 'Pengelola dan inspektur tidak memegang peran pelaksana langkah, begitu pula sebaliknya. Akhiri peran lain lebih dahulu, atau gunakan akun lain.',
  },
  NOT_SEALED_YET: {
    status: 409,
    en: 'No checkpoint covers this yet. Try again in a minute.',
    id: 'Belum ada titik periksa yang mencakup ini. Coba lagi semenit lagi.',
  },
  HISTORY_UNREADABLE: {
    status: 409,
    en: "An entry of this case's history is no longer what was written, so this cannot be answered. Nothing was changed; inspectors see which entry it is.",
    id: 'Salah satu catatan riwayat berkas ini tidak lagi seperti saat ditulis, sehingga tidak dapat dijawab. Tidak ada yang berubah; inspektur melihat catatan yang mana.',
  },
  STALE_CASE: {
    status: 412,
    en: 'The case has moved on: it is at step visit {stepSeq}. Read it again and decide anew.',
    id: 'Berkas sudah berpindah: kini di kunjungan langkah {stepSeq}. Baca lagi lalu putuskan.',
  },
  STALE_CALENDAR: {
    status: 412,
    en: 'The calendar has been changed meanwhile: it is at version {version}. Read it again and decide anew.',
    id: 'Kalender sudah diubah: kini versi {version}. Baca lagi lalu putuskan.',
  },
  TOO_LARGE: {
    status: 413,
    en: 'The body is larger than {limitBytes} bytes. Send less.',
    id: 'Isi permintaan lebih dari {limitBytes} bita. Kirim lebih kecil.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    en: 'This content type is not taken here. Send {expected}.',
    id: 'Jenis isi ini tidak diterima. Kirim {expected}.',
  },
  IDEMPOTENCY_MISMATCH: {
    status: 422,
    en: 'This Idempotency-Key was used for another request. Use a new key for a new request.',
    id: 'Idempotency-Key ini sudah dipakai untuk permintaan lain. Gunakan kunci baru.',
  },
  REPORT_TOO_LARGE: {
    status: 422,
    en: 'The report took longer than {limitSeconds} seconds, or more memory than it may, and was stopped. Ask for fewer months.',
    id: 'Laporan memakan waktu lebih dari {limitSeconds} detik, atau memori melebihi batas, dan dihentikan. Minta lebih sedikit bulan.',
  },
  PERIOD_TOO_LARGE: {
    status: 422,
    en: '{cases} cases lie in this period, and such a report holds {most}. Ask for a shorter period, or for the export.',
    id: 'Ada {cases} perkara dalam masa ini, dan laporan seperti ini memuat {most}. Minta masa yang lebih pendek, atau ekspornya.',
  },
  IF_MATCH_REQUIRED: {
    status: 428,
    en: 'Send If-Match with the case\'s ETag, as in If-Match: "{stepSeq}".',
    id: 'Sertakan If-Match dengan ETag berkas, misalnya If-Match: "{stepSeq}".',
  },
  RATE_LIMITED: {
    status: 429,
    en: 'Too many attempts. Wait for the seconds in Retry-After.',
    id: 'Terlalu banyak percobaan. Tunggu sesuai Retry-After.',
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    en: 'The address and headers are larger than 16 KiB together. Send less.',
    id: 'Alamat dan header lebih dari 16 KiB. Kirim lebih kecil.',
  },
  INTERNAL: {
    status: 500,
    en: 'Something broke on our side. Read again to see whether it was written, and quote the request id.',
    id: 'Ada gangguan di pihak kami. Baca ulang untuk melihat apakah sudah tersimpan, dan sebutkan request id.',
  },
  UNAVAILABLE: {
    status: 503,
    en: 'The service cannot answer now. Try again after Retry-After seconds with the same Idempotency-Key, or read again first: what was under way may have been written.',
    id: 'Layanan sedang tidak tersedia. Coba lagi setelah Retry-After detik dengan Idempotency-Key yang sama, atau baca ulang dahulu: yang sedang diproses mungkin sudah tersimpan.',
  },
} as const satisfies Record<string, ErrorSpec>;

export type ErrorCode = keyof typeof ERRORS;

/** Codes of blockers inside TRANSITION_REFUSED that the engine adds to those of the machines' own rules. */
export const ENGINE_BLOCKERS = ['WRONG_STATE', 'WRONG_ROLE', 'RECIPIENT_UNKNOWN', 'RECIPIENT_AMBIGUOUS'] as const;

interface Extras {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly blockers?: readonly Blocker[];
  readonly allowed?: readonly unknown[];
  readonly issues?: readonly { path: string; message: string }[];
  readonly retryAfterSeconds?: number;
}

/** A refusal on its way to the caller. Nothing was written. */
export class AppError extends Error {
  readonly status: number;

  constructor(
    readonly code: ErrorCode,
    readonly extras: Extras = {},
  ) {
    super(fill(ERRORS[code].en, extras.params));
    this.status = ERRORS[code].status;
  }

  /** The sentence in the caller's language; where blockers say more, theirs. */
  detail(language: keyof Text): string {
    const { blockers = [] } = this.extras;
    if (blockers.length > 0) return blockers.map((blocker) => blocker[language]).join(' ');
    return fill(ERRORS[this.code][language], this.extras.params);
  }
}

function fill(template: string, params: Readonly<Record<string, unknown>> = {}): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => (name in params ? String(params[name]) : whole));
}
