/** What everything else stands on: configuration, the database, the machines, metrics. */
import { Global, Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { Registry } from '../machines/registry.js';
import { AppConfig } from './app-config.js';
import type { Config } from './config.js';
import { dataSourceOptions } from './db/data-source.js';
import { Sql } from './db/sql.js';
import { LongReads } from './ops/long-reads.js';
import { Metrics } from './ops/metrics.js';

@Global()
@Module({})
export class CoreModule {
  static for(config: Config, appConfig: AppConfig): DynamicModule {
    return {
      module: CoreModule,
      imports: [
        TypeOrmModule.forRoot({
          ...dataSourceOptions(appConfig.databaseUrl, config.databasePool),
          retryAttempts: 0,
        }),
      ],
      providers: [
        { provide: Metrics, useFactory: ({ pool }: Sql) => new Metrics(pool), inject: [Sql] },
        {
          provide: Sql,
          useFactory: (source: DataSource) => new Sql(source, config.preparedStatements),
          inject: [DataSource],
        },
        { provide: AppConfig, useValue: appConfig },
        { provide: Registry, useFactory: () => new Registry() },
        LongReads,
      ],
      exports: [Sql, Metrics, AppConfig, Registry, LongReads, TypeOrmModule],
    };
  }
}
