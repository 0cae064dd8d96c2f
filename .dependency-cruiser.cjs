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
      'model-below-views',
      { path: '^client/model/' },
      { path: '^client/(pages|board|views|parts|ui|text)/' },
      'Views read the model, never the reverse.',
    ),
    never(
      'parts-below-views',
      { path: '^client/parts/' },
      { path: '^client/(pages|board|views)/' },
      'Parts are used by several views, and know none.',
    ),
    never(
      'views-stand-apart',
      { path: '^client/views/([^/]+)/' },
      { path: '^client/(pages|board|views/(?!$1/))' },
      'No view imports another, nor what lists them.',
    ),
    never(
      'board-below-pages',
      { path: '^client/board/' },
      { path: '^client/pages/' },
      'The board does not know the pages before it.',
    ),
    never(
      'schema-knows-no-collection',
      { path: '^shared/schema/' },
      { path: '^shared/(?!schema/|id\\.ts|limits\\.ts|roles\\.ts)' },
      'The kit has no word of the product.',
    ),
    never(
      'collections-below-commands',
      { path: '^shared/collections/' },
      { path: '^shared/(commands|workflows|queries|documents)' },
      'A collection knows what it is, not who uses it.',
    ),
    never(
      'sockets-without-the-document',
      { path: '^server/live/(socket|presence)/' },
      { path: '^server/live/(room|guard|recovery)/|node_modules/yjs/' },
      'A process may have people of a board that another process owns.',
    ),
    never(
      'rooms-name-no-collection',
      { path: '^server/live/' },
      { path: '^shared/(collections|commands|workflows|queries)/|^shared/documents' },
      'What a document holds stands in its definition, and what the server does for it in server/documents.',
    ),
    never(
      'documents-below-rooms',
      { path: '^server/documents/' },
      { path: '^server/(?!documents/|access/|live/limits)' },
      'Rooms use what the server does for a document, never the reverse.',
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
