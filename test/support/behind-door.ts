/** Two APIs over one database, one of them behind a door that a test can shut. */
import { startApp, type TestApp } from './app.js';
import { Proxy } from './proxy.js';

export interface BehindDoor {
  readonly home: TestApp;
  readonly door: Proxy;
  /** Whose way to the database leads through the door. */
  readonly alone: TestApp;
  stop(): Promise<void>;
}

export async function startBehindDoor(): Promise<BehindDoor> {
  const home = await startApp({ process: 'api' });
  const { hostname, port } = new URL(home.database.appUrl);
  const door = await Proxy.before(hostname, Number(port));
  const alone = await startApp({ beside: home, process: 'api', through: (url) => door.rewrite(url) });
  return {
    home,
    door,
    alone,
    stop: async () => {
      await alone.stop();
      await door.shut();
      await home.stop();
    },
  };
}
