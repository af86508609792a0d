/**
 * What a killed process left among the papers: half an upload is removed, a whole one that history speaks of gets its
 * name. Only files older than an hour: other processes share the folder, and theirs may still be coming in.
 */
import { existsSync } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const HOUR_MS = 3_600_000;
const PENDING = /^([0-9a-f]{64})\.[0-9a-f-]{36}\.pending$/;

/** `isRecorded` says whether a case's history speaks of a content; the number of files dealt with. */
export async function clearLeftovers(
  folder: string,
  isRecorded: (officeId: string, caseId: string, documentId: string) => Promise<boolean>,
): Promise<number> {
  if (!existsSync(folder)) return 0;
  const names = await readdir(folder, { recursive: true });
  const leftovers = names.filter((name) => name.endsWith('.part') || name.endsWith('.pending'));
  let done = 0;
  for (const name of leftovers) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (!found || Date.now() - found.mtimeMs < HOUR_MS) continue;
    const [officeId = '', caseId = '', file = ''] = name.split(/[\\/]/);
    const [, documentId] = PENDING.exec(file) ?? [];
    const keep = documentId !== undefined && (await isRecorded(officeId, caseId, documentId));
    if (keep) await rename(path, join(dirname(path), documentId));
    else await rm(path, { force: true });
    done += 1;
  }
  return done;
}
