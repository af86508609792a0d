import { halfOpen } from '../../drills/half-open.js';
import { drillSuite } from '../support/drill.js';

drillSuite(halfOpen);
