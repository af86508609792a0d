import { stopUnderLoad } from '../../drills/stop-under-load.js';
import { drillSuite } from '../support/drill.js';

drillSuite(stopUnderLoad);
