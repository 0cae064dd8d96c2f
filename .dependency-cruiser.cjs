/** The directions in which imports may run; docs/ARCHITECTURE.md says why. */
const never = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to });

module.exports = {
  forbidden: [
    never(
      'no-circles',
      {},
      { circular: true },
      'A circle of imports has no bottom floor to start reading from.',
    ),
    never(
      'shared-imports-nothing-of-ours',
      { path: '^shared/' },
      { path: '^(server|client|tests)/' },
      'shared runs on both sides.',
    ),
    never(
      'shared-does-no-io',
      { path: '^shared/' },
      { dependencyTypes: ['core'] },
      'shared is pure: no disk, no sockets.',
    ),
    never(
      'server-not-client',
      { path: '^server/' },
      { path: '^client/' },
      'The two sides meet in shared only.',
    ),
    never(
      'client-not-server',
      { path: '^client/' },
      { path: '^server/' },
      'The two sides meet in shared only.',
    ),
    never(
      'code-not-tests',
      { path: '^(server|client|shared)/' },
      { path: '^tests/' },
      'The product does not know its tests.',
    ),
    never(
      'ui-stands-alone',
      { path: '^client/ui/' },
      { path: '^(client/(?!ui/)|shared/)' },
      'ui holds generic controls.',
    ),
    never(
      'model-not-views',
      { path: '^client/model/' },
      { path: '^client/(views|ui)/' },
      'Views read the model, never the reverse.',
    ),
    never(
      'yjs-stays-in-the-model',
      { path: '^client/(?!model/)' },
      { path: 'node_modules/(yjs|y-protocols|y-websocket|lib0)/' },
      'No Y type leaves client/model.',
    ),
    never(
      'store-behind-its-contract',
      { path: '^server/(?!store/|main\\.ts|serve\\.ts)' },
      { path: '^server/store/disk/' },
      'All durability goes through store/contract.ts.',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|node_modules)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.svelte', '.js', '.mjs', '.json'] },
  },
};
