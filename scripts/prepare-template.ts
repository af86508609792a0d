/** The database every test file starts from: migrated, with the demo offices. Made once for each run of the suites. */
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../src/db/data-source.js';
import { prepareDatabase } from '../src/db/prepare.js';
import { seedDemo } from '../src/db/seed-demo.js';

const TEMPLATE = 'alur_template';
const APP = { login: 'alur_test_app', password: 'alur_test_app' };
/** Password of every demo account in tests. */
const DEMO_PASSWORD = 'demo-password';

/** Builds the template on a server and returns the application's URL on it. */
export async function prepareTemplate(superuserUrl: string): Promise<string> {
  const superuser = new Client({ connectionString: superuserUrl });
  await superuser.connect();
  try {
    await superuser.query(`DROP DATABASE IF EXISTS ${TEMPLATE} WITH (FORCE)`);
    await superuser.query(`CREATE DATABASE ${TEMPLATE} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'`);
  } finally {
    await superuser.end();
  }
  const ownerUrl = onDatabase(superuserUrl, TEMPLATE);
  const app = new URL(ownerUrl);
  app.username = APP.login;
  app.password = APP.password;
  await prepareDatabase({ ownerUrl, appUrl: app.href });
  const source = await new DataSource(dataSourceOptions(app.href, 2)).initialize();
  await seedDemo(source, DEMO_PASSWORD);
  // A sign-in for each, named like its account: most suites issue their tokens themselves.
  await source.query(
    `INSERT INTO sessions (office_id, id, account_id, expires_at) SELECT office_id, id, id, 'infinity' FROM accounts`,
  );
  await source.destroy();
  return app.href;
}

function onDatabase(url: string, name: string): string {
  const on = new URL(url);
  on.pathname = `/${name}`;
  return on.href;
}
