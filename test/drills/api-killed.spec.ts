import { apiKilled } from '../../drills/api-killed.js';
import { drillSuite } from '../support/drill.js';

drillSuite(apiKilled);
