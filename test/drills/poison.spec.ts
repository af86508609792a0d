import { poison } from '../../drills/poison.js';
import { drillSuite } from '../support/drill.js';

drillSuite(poison);
