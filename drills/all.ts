/** Every drill, in the order of docs/drills.md. */
import { apiKilled } from './api-killed.js';
import { clockJumps } from './clock-jumps.js';
import { crashPoints } from './crash-points.js';
import type { Drill } from './drills.types.js';
import { halfOpen } from './half-open.js';
import { hostileReceivers } from './hostile-receivers.js';
import { poison } from './poison.js';
import { queueLost } from './queue-lost.js';
import { race } from './race.js';
import { redisStopped } from './redis-stopped.js';
import { stopUnderLoad } from './stop-under-load.js';
import { workersKilled } from './workers-killed.js';

export const DRILLS: readonly Drill[] = [
  apiKilled,
  workersKilled,
  crashPoints,
  redisStopped,
  queueLost,
  halfOpen,
  clockJumps,
  race,
  poison,
  hostileReceivers,
  stopUnderLoad,
];
