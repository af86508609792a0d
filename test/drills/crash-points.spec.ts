import { crashPoints } from '../../drills/crash-points.js';
import { drillSuite } from '../support/drill.js';

drillSuite(crashPoints);
