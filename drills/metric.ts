/** One number of a running process' /metrics. */
import type { Alur } from './alur.js';

/** `line`: name and labels, as they are shown. NaN while it is not there, or nobody answers. */
export async function metric({ base }: Alur, line: string): Promise<number> {
  try {
    const answer = await fetch(`${base}/metrics`, { signal: AbortSignal.timeout(5000) });
    const found = (await answer.text()).split('\n').find((one) => one.startsWith(`${line} `));
    return Number(found?.slice(line.length));
  } catch {
    return Number.NaN;
  }
}

/** Runs of the drain that a job of the queue has woken. */
export function jobDrains(worker: Alur): Promise<number> {
  return metric(worker, 'alur_alarm_drains_total{by="job",result="done"}').then((count) => count || 0);
}
