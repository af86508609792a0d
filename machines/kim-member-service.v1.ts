/**
 * SOP 427.53/4/01.01/2018, "Permohonan Pelayanan Bagi Anggota KIM": eight steps, four performers, 34 working minutes.
 *
 * A state is work pending; the event completes it. Minutes, performers, papers and outputs are the printed table's;
 * `test/machines/sop-table.spec.ts` holds them against it. Frozen once a case uses it: a change is a new version.
 */
import { and, assign, setup } from 'xstate';
import type { Named, Role, StateMeta, StepMeta, TransitionMeta } from './contract.js';
import type { KimEvent } from './kim-member-service.v1.events.js';
import { ROW_1, ROW_2, ROW_3, ROW_4, ROW_5, ROW_6, ROW_7, ROW_8 } from './kim-member-service.v1.rows.js';
import {
  letterUnnumbered,
  missingPapers,
  notNamed,
  outputMissing,
  papersMissing,
  samePerson,
  wrongDesk,
} from './rules.js';

export interface KimContext {
  /** Kinds of paper on file. */
  papers: string[];
  recipient: Named | null;
  filedBy: string | null;
  /** Roles that may lift the present hold. */
  heldFrom: readonly Role[];
  outgoingLetterNumbered: boolean;
}

const ROWS: readonly StepMeta[] = [ROW_1, ROW_2, ROW_3, ROW_4, ROW_5, ROW_6, ROW_7, ROW_8];

/** Outputs of rows still to come: recorded in advance, they must be given again by whoever does that row. */
const outputsAfter = (row: StepMeta): string[] =>
  ROWS.filter(({ no }) => no > row.no).map(({ output }) => output.paper);

type Given = { context: KimContext; event: KimEvent };

export const rules = {
  complete: ({ context, event }: Given, { requirements, output, outputField: field }: StepMeta) => {
    const seen = event.papers ?? [];
    const made = field !== undefined && field in event;
    return [
      ...papersMissing(missingPapers(context.papers, seen, requirements)),
      ...outputMissing(made || [...context.papers, ...seen].includes(output.paper), output, field),
    ];
  },
  named: ({ context, event }: Given) => notNamed(context.recipient, event.by),
  namedOrKasi: ({ context, event }: Given) => (event.role === 'kasi' ? [] : notNamed(context.recipient, event.by)),
  anotherPerson: ({ context, event }: Given) => samePerson(context.filedBy, event.by),
  deskOrKasi: ({ context, event }: Given) => wrongDesk(context.heldFrom, event.role),
  letterNumbered: ({ context, event }: Given) =>
    letterUnnumbered(
      [...context.papers, ...(event.papers ?? [])].includes('OUTGOING_LETTER'),
      context.outgoingLetterNumbered,
    ),
};

export const machine = setup({
  types: {
    context: {} as KimContext,
    events: {} as KimEvent,
    meta: {} as StateMeta,
    transitionMeta: {} as TransitionMeta,
  },
  guards: {
    complete: (given, params: StepMeta) => rules.complete(given, params).length === 0,
    named: (given) => rules.named(given).length === 0,
    namedOrKasi: (given) => rules.namedOrKasi(given).length === 0,
    anotherPerson: (given) => rules.anotherPerson(given).length === 0,
    deskOrKasi: (given) => rules.deskOrKasi(given).length === 0,
    letterNumbered: (given) => rules.letterNumbered(given).length === 0,
  },
  actions: {
    /** Papers seen or made in this act are on file from now on. */
    keep: assign({
      papers: ({ context, event }, row: StepMeta) => {
        const seen = new Set([...context.papers, ...(event.papers ?? []), row.output.paper]);
        return [...seen].filter((kind) => !outputsAfter(row).includes(kind));
      },
    }),
    addPapers: assign({
      papers: ({ context, event }) => [...new Set([...context.papers, ...(event.papers ?? [])])],
    }),
    recordPaper: assign({
      papers: ({ context, event }) => [...new Set([...context.papers, ...(event.kind ? [event.kind] : [])])],
    }),
    dropMissing: assign({
      papers: ({ context, event }) => context.papers.filter((kind) => !(event.missing ?? []).includes(kind)),
    }),
    nameRecipient: assign({ recipient: ({ event }) => event.named ?? null }),
    /** A recalled disposition leaves the file, and its recipient is no longer named. */
    withdrawDisposition: assign({
      recipient: null,
      papers: ({ context }) => context.papers.filter((kind) => !['DISPOSITION', 'RECORDED_DISPOSITION'].includes(kind)),
    }),
    rememberFiler: assign({ filedBy: ({ event }) => event.by }),
    rememberDesk: assign({ heldFrom: ({ event }) => [...new Set<Role>([event.role, 'kasi'])] }),
    numberLetter: assign({
      outgoingLetterNumbered: true,
      papers: ({ context }) => [...new Set([...context.papers, 'OUTGOING_LETTER'])],
    }),
  },
}).createMachine({
  id: 'kim-member-service',
  initial: 'open',
  context: { papers: [], recipient: null, filedBy: null, heldFrom: [], outgoingLetterNumbered: false },
  states: {
    open: {
      initial: 'intake',
      on: {
        WITHDRAW: { target: 'withdrawn', meta: { roles: ['staff'] } },
        CANCEL: { target: 'cancelled', meta: { roles: ['kasi'] } },
        RECORD_PAPER: { actions: 'recordPaper', meta: { roles: ['staff', 'kadin', 'sekdin', 'kabid', 'kasi'] } },
      },
      states: {
        intake: {
          meta: ROW_1,
          on: {
            RECEIVE_APPLICANT: {
              target: 'registration',
              guard: { type: 'complete', params: ROW_1 },
              actions: { type: 'keep', params: ROW_1 },
              meta: { roles: ['staff'] },
            },
            RETURN_INCOMPLETE: { target: '#returned', actions: 'dropMissing', meta: { roles: ['staff'] } },
            HOLD: { target: '#held', actions: 'rememberDesk', meta: { roles: ['staff', 'kasi'] } },
          },
        },
        registration: {
          meta: ROW_2,
          on: {
            REGISTER_LETTER: {
              target: 'headDisposition',
              guard: { type: 'complete', params: ROW_2 },
              actions: { type: 'keep', params: ROW_2 },
              meta: { roles: ['staff'] },
            },
            RETURN_INCOMPLETE: { target: '#returned', actions: 'dropMissing', meta: { roles: ['staff'] } },
            HOLD: { target: '#held', actions: 'rememberDesk', meta: { roles: ['staff', 'kasi'] } },
          },
        },
        headDisposition: {
          meta: ROW_3,
          on: {
            ISSUE_DISPOSITION: {
              target: 'dispositionRecording',
              guard: { type: 'complete', params: ROW_3 },
              actions: [{ type: 'keep', params: ROW_3 }, 'nameRecipient'],
              meta: { roles: ['kadin'] },
            },
            REJECT: { target: '#rejected', meta: { roles: ['kadin'] } },
            HOLD: { target: '#held', actions: 'rememberDesk', meta: { roles: ['kadin', 'kasi'] } },
          },
        },
        dispositionRecording: {
          meta: ROW_4,
          on: {
            RECORD_DISPOSITION: {
              target: 'dispositionDelivery',
              guard: { type: 'complete', params: ROW_4 },
              actions: { type: 'keep', params: ROW_4 },
              meta: { roles: ['staff'] },
            },
            RECALL_DISPOSITION: {
              target: 'headDisposition',
              actions: 'withdrawDisposition',
              meta: { roles: ['kadin'] },
            },
            HOLD: { target: '#held', actions: 'rememberDesk', meta: { roles: ['staff', 'kasi'] } },
          },
        },
        dispositionDelivery: {
          meta: ROW_5,
          on: {
            DELIVER_DISPOSITION: {
              target: 'followUp',
              guard: { type: 'complete', params: ROW_5 },
              actions: { type: 'keep', params: ROW_5 },
              meta: { roles: ['staff'] },
            },
            RECALL_DISPOSITION: {
              target: 'headDisposition',
              actions: 'withdrawDisposition',
              meta: { roles: ['kadin'] },
            },
            HOLD: { target: '#held', actions: 'rememberDesk', meta: { roles: ['staff', 'kasi'] } },
          },
        },
        followUp: {
          meta: ROW_6,
          on: {
            FOLLOW_UP_DISPOSITION: {
              target: 'serviceDelivery',
              guard: and(['named', { type: 'complete', params: ROW_6 }]),
              actions: { type: 'keep', params: ROW_6 },
              meta: { roles: ['sekdin', 'kabid'] },
            },
            HOLD: {
              target: '#held',
              guard: 'namedOrKasi',
              actions: 'rememberDesk',
              meta: { roles: ['sekdin', 'kabid', 'kasi'] },
            },
          },
        },
        serviceDelivery: {
          meta: ROW_7,
          on: {
            COMPLETE_SERVICE: {
              target: 'archiving',
              guard: and([{ type: 'complete', params: ROW_7 }, 'letterNumbered']),
              actions: { type: 'keep', params: ROW_7 },
              meta: { roles: ['staff'] },
            },
            REGISTER_OUTGOING_LETTER: { actions: 'numberLetter', meta: { roles: ['staff'] } },
            RETURN_INCOMPLETE: { target: '#returned', actions: 'dropMissing', meta: { roles: ['staff'] } },
            HOLD: { target: '#held', actions: 'rememberDesk', meta: { roles: ['staff', 'kasi'] } },
          },
        },
        archiving: {
          initial: 'filing',
          meta: ROW_8,
          states: {
            filing: {
              meta: { kind: 'desk', label: { id: 'Penyimpanan', en: 'Filing' }, accountable: ['staff'] },
              on: {
                FILE_DOCUMENTS: {
                  target: 'confirming',
                  guard: { type: 'complete', params: ROW_8 },
                  actions: [{ type: 'keep', params: ROW_8 }, 'rememberFiler'],
                  meta: { roles: ['staff'] },
                },
                HOLD: { target: '#held', actions: 'rememberDesk', meta: { roles: ['staff', 'kasi'] } },
              },
            },
            confirming: {
              meta: { kind: 'desk', label: { id: 'Pengesahan arsip', en: 'Confirming' }, accountable: ['kasi'] },
              on: {
                CONFIRM_ARCHIVE: {
                  target: '#archived',
                  guard: and(['anotherPerson', { type: 'complete', params: ROW_8 }]),
                  meta: { roles: ['kasi'] },
                },
                HOLD: { target: '#held', actions: 'rememberDesk', meta: { roles: ['kasi'] } },
              },
            },
          },
        },
        /** Back to the exact step, and the exact part of it. */
        last: { type: 'history', history: 'deep' },
      },
    },
    held: {
      id: 'held',
      meta: { kind: 'pause', label: { id: 'Ditangguhkan', en: 'On hold' }, accountable: ['kasi'] },
      on: {
        RESUME: {
          target: 'open.last',
          guard: 'deskOrKasi',
          meta: { roles: ['staff', 'kadin', 'sekdin', 'kabid', 'kasi'] },
        },
        WITHDRAW: { target: 'withdrawn', meta: { roles: ['staff'] } },
        CANCEL: { target: 'cancelled', meta: { roles: ['kasi'] } },
        RECORD_PAPER: { actions: 'recordPaper', meta: { roles: ['staff', 'kadin', 'sekdin', 'kabid', 'kasi'] } },
      },
    },
    returned: {
      id: 'returned',
      meta: {
        kind: 'pause',
        label: { id: 'Dikembalikan, menunggu kelengkapan', en: 'Returned' },
        accountable: ['staff'],
      },
      on: {
        RESUBMIT: { target: 'open.last', actions: 'addPapers', meta: { roles: ['staff'] } },
        WITHDRAW: { target: 'withdrawn', meta: { roles: ['staff'] } },
        CANCEL: { target: 'cancelled', meta: { roles: ['kasi'] } },
        RECORD_PAPER: { actions: 'recordPaper', meta: { roles: ['staff', 'kadin', 'sekdin', 'kabid', 'kasi'] } },
      },
    },
    archived: {
      id: 'archived',
      type: 'final',
      meta: { kind: 'end', label: { id: 'Selesai, diarsipkan', en: 'Archived' } },
    },
    rejected: { id: 'rejected', type: 'final', meta: { kind: 'end', label: { id: 'Ditolak', en: 'Rejected' } } },
    withdrawn: { type: 'final', meta: { kind: 'end', label: { id: 'Dicabut pemohon', en: 'Withdrawn' } } },
    cancelled: { type: 'final', meta: { kind: 'end', label: { id: 'Dibatalkan', en: 'Cancelled' } } },
  },
});
