/** The KIM service, version 1, as the rest of the house sees it. */
import type { Rule, Service } from './contract.js';
import { applicant, applicantExample, events, papers } from './kim-member-service.v1.events.js';
import { machine, rules, type KimContext } from './kim-member-service.v1.js';

export const kimMemberServiceV1: Service = {
  id: 'kim-member-service',
  version: 1,
  title: { id: 'Pelayanan anggota KIM', en: 'Service for members of community information groups (KIM)' },
  sop: {
    number: '427.53/4/01.01/2018',
    name: 'SOP AP Permohonan Pelayanan Bagi Anggota KIM',
    effectiveFrom: '2018-03-01',
  },
  casePrefix: 'KIM',
  opens: ['staff', 'client'],
  applicant,
  applicantExample,
  papers,
  events,
  rules: rules as unknown as Readonly<Record<string, Rule>>,
  machine,
  namedOfficer: (context) => (context as KimContext).recipient,
};
