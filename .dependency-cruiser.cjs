/** Allowed import directions. docs/ARCHITECTURE.md gives the reasons. */
const never = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to });

module.exports = {
  forbidden: [
    never('no-circles', {}, { circular: true }, 'An import cycle has no first file to read.'),
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
      'Server and client share code through shared/ only.',
    ),
    never(
      'client-not-server',
      { path: '^client/' },
      { path: '^server/' },
      'Server and client share code through shared/ only.',
    ),
    never(
      'code-not-tests',
      { path: '^(server|client|shared)/' },
      { path: '^tests/' },
      'Product code does not import tests.',
    ),
    never(
      'ui-stands-alone',
      { path: '^client/ui/' },
      { path: '^(client/(?!ui/)|shared/(?!text/))' },
      'ui holds generic controls; it may use the rules for any text.',
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
      'Views use parts, never the reverse.',
    ),
    never(
      'views-stand-apart',
      { path: '^client/views/([^/]+)/' },
      { path: '^client/(pages|board|views/(?!$1/))' },
      'A view imports neither other views nor the list of views.',
    ),
    never(
      'board-below-pages',
      { path: '^client/board/' },
      { path: '^client/pages/' },
      'Pages use the board, never the reverse.',
    ),
    never(
      'schema-knows-no-collection',
      { path: '^shared/schema/' },
      { path: '^shared/(?!schema/|text/|id\\.ts|limits\\.ts|roles\\.ts)' },
      'The schema kit does not depend on the product.',
    ),
    never(
      'session-knows-no-document',
      { path: '^shared/session/' },
      { path: '^shared/(?!session/|text/|id\\.ts|json\\.ts|roles\\.ts|views\\.ts)' },
      'The session is server state beside the documents.',
    ),
    never(
      'collections-below-commands',
      { path: '^shared/collections/' },
      { path: '^shared/(commands|workflows|queries|documents)' },
      'Collections do not depend on the code that uses them.',
    ),
    never(
      'sockets-without-the-document',
      { path: '^server/live/(socket|presence)/' },
      { path: '^server/live/(room|guard|recovery)/|node_modules/yjs/' },
      'Sockets and presence must work in a process that does not own the board.',
    ),
    never(
      'rooms-name-no-collection',
      { path: '^server/live/' },
      { path: '^shared/(collections|commands|workflows|queries)/|^shared/documents' },
      'Definitions describe documents; server/documents has the server code for each.',
    ),
    never(
      'rooms-below-sessions',
      { path: '^server/live/' },
      { path: '^server/(session|history|http)/' },
      'Rooms ask sessions through an interface of their own, RoomSessions.',
    ),
    never(
      'documents-below-rooms',
      { path: '^server/documents/' },
      { path: '^server/(?!documents/|access/|live/limits)' },
      'Rooms use server/documents, never the reverse.',
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
