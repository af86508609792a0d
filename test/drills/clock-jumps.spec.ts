import { clockJumps } from '../../drills/clock-jumps.js';
import { drillSuite } from '../support/drill.js';

drillSuite(clockJumps);
