import { queueLost } from '../../drills/queue-lost.js';
import { drillSuite } from '../support/drill.js';

drillSuite(queueLost);
