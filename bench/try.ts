import { signIn } from './sign-in.js';
import { load } from './load.js';

const [url = '', password = '', connections = '64', seconds = '8'] = process.argv.slice(2);
const tokens = await signIn(url, password);
await load({ url, tokens, connections: 16, seconds: 2 });
process.stdout.write(
  `${JSON.stringify(await load({ url, tokens, connections: Number(connections), seconds: Number(seconds) }))}\n`,
);
