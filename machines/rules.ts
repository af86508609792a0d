/**
 * Guards that explain themselves, shared by services. A guard is the emptiness of its rule's list of blockers, so the
 * machine's decision and the sentence the officer reads can never disagree.
 */
import type { Blocker, Named, Requirement, Role } from './contract.js';

/** Papers on file, and those the officer says they have before them now. */
export function missingPapers(
  onFile: readonly string[],
  seenNow: readonly string[] | undefined,
  required: readonly Requirement[],
): Requirement[] {
  const isThere = (kind: string) => onFile.includes(kind) || (seenNow?.includes(kind) ?? false);
  return required.filter(({ paper, or }) => !isThere(paper) && !(or?.some(isThere) ?? false));
}

/** Kelengkapan: every paper of the row must be there. */
export function papersMissing(missing: readonly Requirement[]): Blocker[] {
  if (missing.length === 0) return [];
  const names = missing.map(({ label }) => label).join(', ');
  const kinds = missing.map(({ paper, or = [] }) => [paper, ...or].join(' / ')).join(', ');
  return [
    {
      code: 'PAPERS_MISSING',
      en: `Required papers are missing: ${names}. Upload them, or list them in "papers": ${kinds}.`,
      id: `Kelengkapan belum ada: ${names}. Unggah, atau sebutkan di "papers": ${kinds}.`,
      params: { missing: missing.map(({ paper }) => paper) },
      curable: true,
    },
  ];
}

/** The row's output must exist before the step is completed. `field` would make it; without one, it is a paper. */
export function outputMissing(made: boolean, output: Requirement, field: string | undefined): Blocker[] {
  if (made) return [];
  const how = field ?? 'papers';
  const what = field ? '' : `: ${output.paper}`;
  return [
    {
      code: 'OUTPUT_MISSING',
      en: `The step's output is missing: ${output.label}. Give it in "${how}"${what}.`,
      id: `Output langkah belum ada: ${output.label}. Sertakan di "${how}"${what}.`,
      params: { missing: output.paper },
      curable: true,
    },
  ];
}

/** Only the officer a disposition names may follow it up. */
export function notNamed(named: Named | null, by: string): Blocker[] {
  if (named?.id === by) return [];
  return [
    {
      code: 'NOT_NAMED_RECIPIENT',
      en: 'Only the officer named in the disposition may do this.',
      id: 'Hanya pejabat yang disebut dalam disposisi yang dapat melakukannya.',
      params: { namedRole: named?.role ?? null },
      curable: false,
    },
  ];
}

/** Two boxes, two people: nobody confirms what they filed themselves. */
export function samePerson(filedBy: string | null, by: string): Blocker[] {
  if (filedBy !== by) return [];
  return [
    {
      code: 'SAME_PERSON',
      en: 'The person who filed the documents cannot confirm the archive; another section head must.',
      id: 'Petugas yang mengarsipkan tidak dapat mengesahkan arsipnya sendiri; harus orang lain.',
      params: {},
      curable: false,
    },
  ];
}

/** A pause is lifted by the desk it stopped, or by the section head. */
export function wrongDesk(roles: readonly Role[], role: Role): Blocker[] {
  if (roles.includes(role)) return [];
  return [
    {
      code: 'NOT_THIS_DESK',
      en: `Only ${roles.join(' or ')} may resume this case.`,
      id: `Hanya ${roles.join(' atau ')} yang dapat melanjutkan berkas ini.`,
      params: { roles },
      curable: false,
    },
  ];
}

/** SOP row 7 to 8: an outgoing letter that was made must carry its outgoing-agenda number. */
export function letterUnnumbered(made: boolean, numbered: boolean): Blocker[] {
  if (!made || numbered) return [];
  return [
    {
      code: 'OUTGOING_LETTER_UNNUMBERED',
      en: 'An outgoing letter was made but has no outgoing-agenda number: send REGISTER_OUTGOING_LETTER first.',
      id: 'Surat keluar sudah dibuat tetapi belum bernomor agenda: kirim REGISTER_OUTGOING_LETTER dahulu.',
      params: {},
      curable: false,
    },
  ];
}
