/** Clients that take cases through the eight steps, each as soon as the answer before is there (closed loop). */
import { kimMemberServiceV1 as service } from '../machines/kim-member-service.v1.service.js';
import { Wire } from './wire.js';

export const PATH: readonly (readonly [account: string, event: string])[] = [
  ['staf', 'RECEIVE_APPLICANT'],
  ['staf', 'REGISTER_LETTER'],
  ['kadin', 'ISSUE_DISPOSITION'],
  ['staf', 'RECORD_DISPOSITION'],
  ['staf', 'DELIVER_DISPOSITION'],
  ['kabid', 'FOLLOW_UP_DISPOSITION'],
  ['staf', 'COMPLETE_SERVICE'],
  ['staf', 'FILE_DOCUMENTS'],
  ['kasi', 'CONFIRM_ARCHIVE'],
];

export interface Measured {
  readonly n: number;
  readonly seconds: number;
  readonly ratePerSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly failed: number;
}

export interface Load {
  readonly url: string;
  readonly tokens: ReadonlyMap<string, string>;
  readonly connections: number;
  readonly seconds: number;
}

const OPEN = JSON.stringify({ service: service.id, applicant: service.applicantExample });
const BODIES = PATH.map(([, type]) => JSON.stringify({ type, payload: service.events[type]?.example ?? {} }));

export async function load({ url, tokens, connections, seconds }: Load): Promise<Measured> {
  const times: number[] = [];
  let failed = 0;
  const begun = performance.now();
  const until = begun + seconds * 1000;
  const client = async () => {
    const wire = new Wire(new URL(url));
    while (performance.now() < until) {
      const opened = await wire.post('/api/v1/cases', tokens.get('staf') ?? '', OPEN);
      if (opened.status !== 201) {
        failed += 1;
        continue;
      }
      const { id } = JSON.parse(opened.body) as { id: string };
      for (const [index, [account]] of PATH.entries()) {
        const at = performance.now();
        const headers = `if-match: "${index + 1}"\r\nidempotency-key: ${id}-${index}\r\n`;
        const answer = await wire.post(
          `/api/v1/cases/${id}/events`,
          tokens.get(account) ?? '',
          BODIES[index] ?? '',
          headers,
        );
        if (answer.status !== 200) {
          failed += 1;
          break;
        }
        times.push(performance.now() - at);
        if (performance.now() > until) break;
      }
    }
    wire.close();
  };
  await Promise.all(Array.from({ length: connections }, client));
  return summary(times, (performance.now() - begun) / 1000, failed);
}

export function summary(times: number[], seconds: number, failed = 0): Measured {
  const sorted = times.sort((a, b) => a - b);
  const at = (share: number) => Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 100) / 100;
  return {
    n: sorted.length,
    seconds,
    ratePerSecond: Math.round(sorted.length / seconds),
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    p99Ms: at(0.99),
    failed,
  };
}
