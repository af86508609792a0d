import { Module } from '@nestjs/common';
import { AdminAccountsController } from './accounts.controller.js';
import { AccountsStore } from './accounts.store.js';
import { AdminStore } from './admin.store.js';
import { AdminClientsController } from './clients.controller.js';
import { ClientsStore } from './clients.store.js';
import { AdminGrantsController } from './grants.controller.js';
import { GrantsStore } from './grants.store.js';
import { AdminIdentitiesController } from './identities.controller.js';
import { IdentitiesStore } from './identities.store.js';
import { AdminMandatesController } from './mandates.controller.js';
import { MandatesStore } from './mandates.store.js';
import { AdminOfficeController } from './office.controller.js';
import { OfficesStore } from './office.store.js';

@Module({
  controllers: [
    AdminAccountsController,
    AdminIdentitiesController,
    AdminGrantsController,
    AdminClientsController,
    AdminOfficeController,
    AdminMandatesController,
  ],
  providers: [AdminStore, AccountsStore, IdentitiesStore, GrantsStore, ClientsStore, OfficesStore, MandatesStore],
})
export class AdminModule {}
