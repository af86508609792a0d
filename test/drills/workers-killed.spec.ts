import { workersKilled } from '../../drills/workers-killed.js';
import { drillSuite } from '../support/drill.js';

drillSuite(workersKilled);
