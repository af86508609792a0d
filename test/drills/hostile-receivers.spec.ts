import { hostileReceivers } from '../../drills/hostile-receivers.js';
import { drillSuite } from '../support/drill.js';

drillSuite(hostileReceivers);
