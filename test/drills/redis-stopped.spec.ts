import { redisStopped } from '../../drills/redis-stopped.js';
import { drillSuite } from '../support/drill.js';

drillSuite(redisStopped);
