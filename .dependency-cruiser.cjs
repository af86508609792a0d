/** Who may know whom. `npm run deps` fails on a breach, a cycle or an orphan. ARCHITECTURE.md says why. */
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
const only = (name, comment, allowed, target) =>
  forbid(name, comment, { path: '^(src|machines|migrations)', pathNot: allowed }, target);

module.exports = {
  forbidden: [
    forbid('no-circular', 'A cycle hides which part is which.', {}, { circular: true }),
    forbid(
      'no-orphans',
      'A file nobody uses is not part of the product.',
      { orphan: true, pathNot: '(contract|main)\\.ts$|^scripts/|\\.d\\.ts$' },
      {},
    ),
    forbid(
      'machines-are-pure',
      'Machines know xstate, zod and node:crypto (content hash), nothing else.',
      { path: '^machines' },
      { pathNot: '^machines|^node_modules/(xstate|zod)|^(node:)?crypto$' },
    ),
    forbid(
      'versions-are-strangers',
      'A version that uses files of another changes with it.',
      { path: '^machines/([^/]+)\\.v([0-9]+)\\.' },
      { path: '^machines/$1\\.v[0-9]+\\.', pathNot: '^machines/$1\\.v$2\\.' },
    ),
    forbid(
      'migrations-stand-alone',
      'A migration must mean the same for ever.',
      { path: '^migrations' },
      { path: '^(src|machines)' },
    ),
    forbid(
      'engine-knows-no-doors',
      'The engine serves doors and does not know them.',
      { path: '^src/engine' },
      { path: '^src/(roles|cases|inspection|access)' },
    ),
    forbid(
      'roles-are-strangers',
      'No role imports another role.',
      { path: '^src/roles/([^/]+)/' },
      { path: '^src/roles/([^/]+)/', pathNot: '^src/roles/$1/' },
    ),
    forbid(
      'inspection-reads-only',
      'What proves the engine right must not share its code.',
      { path: '^src/inspection' },
      { path: '^src/(engine|sla|roles|cases)' },
    ),
    forbid(
      'evidence-stands-alone',
      'The log knows hashes, not what is built on it.',
      { path: '^src/evidence' },
      { path: '^src/(roles|cases|sla|inspection)' },
    ),
    forbid(
      'pure-calendar',
      'Working time is pure.',
      { path: '^src/sla/(calendar|ladder)\\.ts$' },
      { path: '^src/(db|engine|ops)' },
    ),
    only('xstate-only-in', 'Only machines and the pure part of the engine know XState.', '^machines|^src/engine', {
      path: '^node_modules/xstate',
    }),
    only(
      'typeorm-only-in',
      'SQL lives in db and in stores.',
      '^migrations|^src/db|\\.store\\.ts$|^src/(core|server)|\\.module\\.ts$',
      { path: '^node_modules/(@nestjs/)?typeorm' },
    ),
    only(
      'bullmq-only-in',
      'The queue is a wake-up call for sla and notices; db/prepare makes its schema.',
      '^src/(sla|notices)|^src/db/prepare',
      { path: '^node_modules/bullmq' },
    ),
    only('ioredis-only-in', 'Redis is reached through the queue only.', '^src/(sla|notices)', {
      path: '^node_modules/ioredis',
    }),
    forbid(
      'not-to-dev',
      'What runs in production is a dependency.',
      { path: '^(src|machines|migrations|scripts)', pathNot: '^scripts/bundle\\.mjs$' },
      { dependencyTypes: ['npm-dev'] },
    ),
    // Built output may not be there yet when this runs.
    forbid('not-unresolvable', 'An import must exist.', {}, { couldNotResolve: true, pathNot: '^\\.\\./dist/' }),
  ],
  options: {
    doNotFollow: { path: '^(node_modules|dist)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
};
