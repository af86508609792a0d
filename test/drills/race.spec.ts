import { race } from '../../drills/race.js';
import { drillSuite } from '../support/drill.js';

drillSuite(race);
