/** How the program connects: one small pool, entities for what is not on the hot path, migrations run by their owner. */
import type { DataSourceOptions } from 'typeorm';
import { CreateCore1764000000000 } from '../../migrations/1764000000000-CreateCore.js';
import { LightenWritePath1764100000000 } from '../../migrations/1764100000000-LightenWritePath.js';
import { ParkAlarms1764150000000 } from '../../migrations/1764150000000-ParkAlarms.js';
import { ChangeCalendars1764200000000 } from '../../migrations/1764200000000-ChangeCalendars.js';
import { AddCanaries1764210000000 } from '../../migrations/1764210000000-AddCanaries.js';
import { IndexHistoryByTime1764250000000 } from '../../migrations/1764250000000-IndexHistoryByTime.js';
import { AddDeliveries1764300000000 } from '../../migrations/1764300000000-AddDeliveries.js';
import { GuardAccess1764400000000 } from '../../migrations/1764400000000-GuardAccess.js';
import { KeepAccounts1764410000000 } from '../../migrations/1764410000000-KeepAccounts.js';
import { GrowLog1764500000000 } from '../../migrations/1764500000000-GrowLog.js';
import { ForgetDeliveries1764600000000 } from '../../migrations/1764600000000-ForgetDeliveries.js';
import { GiveReasons1764700000000 } from '../../migrations/1764700000000-GiveReasons.js';
import { SpanOffices1764800000000 } from '../../migrations/1764800000000-SpanOffices.js';
import { KeepRefusals1764810000000 } from '../../migrations/1764810000000-KeepRefusals.js';
import { CallOnAccess1764820000000 } from '../../migrations/1764820000000-CallOnAccess.js';
import { CallOnCalendar1764900000000 } from '../../migrations/1764900000000-CallOnCalendar.js';
import { GrantOnce1764910000000 } from '../../migrations/1764910000000-GrantOnce.js';
import { RemoveIdentities1764910100000 } from '../../migrations/1764910100000-RemoveIdentities.js';
import { SeparateDuties1764910200000 } from '../../migrations/1764910200000-SeparateDuties.js';
import { ForgetSignIns1764910300000 } from '../../migrations/1764910300000-ForgetSignIns.js';
import { HidePasswords1764910400000 } from '../../migrations/1764910400000-HidePasswords.js';
import { SendEvidence1764920000000 } from '../../migrations/1764920000000-SendEvidence.js';
import { KeepLetterForms1764940000000 } from '../../migrations/1764940000000-KeepLetterForms.js';
import { TellOpsAgain1764950000000 } from '../../migrations/1764950000000-TellOpsAgain.js';
import { ReadSafely1764930000000 } from '../../migrations/1764930000000-ReadSafely.js';
import { QuietClient } from './quiet-client.js';
import { Account, Calendar, Notice, Office, RoleGrant, RoleTitle } from './entities.js';

export const MIGRATIONS = [
  CreateCore1764000000000,
  LightenWritePath1764100000000,
  ParkAlarms1764150000000,
  ChangeCalendars1764200000000,
  AddCanaries1764210000000,
  IndexHistoryByTime1764250000000,
  AddDeliveries1764300000000,
  GuardAccess1764400000000,
  KeepAccounts1764410000000,
  GrowLog1764500000000,
  ForgetDeliveries1764600000000,
  GiveReasons1764700000000,
  SpanOffices1764800000000,
  KeepRefusals1764810000000,
  CallOnAccess1764820000000,
  CallOnCalendar1764900000000,
  GrantOnce1764910000000,
  RemoveIdentities1764910100000,
  SeparateDuties1764910200000,
  ForgetSignIns1764910300000,
  HidePasswords1764910400000,
  SendEvidence1764920000000,
  ReadSafely1764930000000,
  KeepLetterForms1764940000000,
  TellOpsAgain1764950000000,
];

/** A half-open connection must give its slot back: the client gives up after the server would have (prepare.ts). */
const STATEMENT_MS = 8000;

/**
 * More connections than about eight only make two cores slower; the queue in the server waits instead. `statementMs` 0 is
 * for migrations: an index over a large table takes as long as it takes.
 */
export function dataSourceOptions(url: string, pool: number, statementMs = STATEMENT_MS): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    entities: [Account, Calendar, Notice, Office, RoleGrant, RoleTitle],
    migrations: MIGRATIONS,
    migrationsTransactionMode: 'each',
    synchronize: false,
    poolSize: pool,
    extra: {
      Client: QuietClient,
      max: pool,
      keepAlive: true,
      connectionTimeoutMillis: 5000,
      idleTimeoutMillis: 30_000,
      query_timeout: statementMs,
      application_name: 'alur',
    },
  };
}
