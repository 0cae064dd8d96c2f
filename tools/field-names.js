/**
 * An ESLint rule: no type, class, function or method is named by a word that the field has another word for.
 * A word is a part of the name between capitals: `standInStore` has the words stand, in and store.
 */

/** @param {string} name */
const wordsOf = (name) =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[\s_$#]+/);

const functions = new Set(['ArrowFunctionExpression', 'FunctionExpression']);

/** @type {import('eslint').Rule.RuleModule} */
export const fieldNames = {
  meta: {
    type: 'suggestion',
    schema: [{ type: 'object', additionalProperties: { type: 'string' } }],
    messages: { named: '"{{word}}" in the name {{name}}: the field says {{better}}.' },
  },
  create(context) {
    const better = new Map(Object.entries(context.options[0] ?? {}));
    const check = (node, name = node?.name) => {
      if (!node || typeof name !== 'string') return;
      for (const word of wordsOf(name)) {
        const data = { word, name, better: better.get(word) };
        if (data.better !== undefined) context.report({ node, messageId: 'named', data });
      }
    };
    return {
      'ClassDeclaration, TSInterfaceDeclaration, TSTypeAliasDeclaration, FunctionDeclaration': ({ id }) =>
        check(id),
      'MethodDefinition, TSMethodSignature, TSAbstractMethodDefinition': ({ key }) => check(key),
      VariableDeclarator: ({ id, init }) => {
        if (functions.has(init?.type)) check(id);
      },
      PropertyDefinition: ({ key, value }) => {
        if (functions.has(value?.type)) check(key);
      },
      'TSPropertySignature[typeAnnotation.typeAnnotation.type="TSFunctionType"]': ({ key }) => check(key),
    };
  },
};

/** Words that were names here, and what the field calls it. Where a word is also plain English, only its noun is one. */
export const everywhere = {
  outlet: 'SocketWriter',
  outlets: 'SocketWriter',
  receipt: 'Acknowledgement',
  receipts: 'Acknowledgements',
  asks: 'SyncRequests',
  audience: 'Members or Broadcaster',
  inbox: 'queue',
  upkeep: 'Compaction',
  shortening: 'JournalCompaction',
  surroundings: 'context',
  circumstances: 'context',
  hearing: 'UpdateCheck',
  keeper: 'RoomOwner',
  tally: 'Counters',
  tallies: 'Counters',
  paced: 'TimeSlicedQueue',
  deed: 'Operation',
  deeds: 'Operation',
  crowd: 'ConflictRun, or count of what is counted',
  crowds: 'ConflictRuns',
  turns: 'KeyedMutex',
  tails: 'PendingUpdates',
  desk: 'WorkerClient or Workspace',
  seat: 'membership',
  seats: 'memberships',
  hindrance: 'DisconnectReason',
  hindered: 'disconnected',
  light: 'SyncStatus',
  shine: 'update',
  standing: 'BoardStatus',
  shelf: 'Index',
  shelves: 'Index',
  stack: 'Index',
  stacks: 'Index',
  spot: 'target',
  spots: 'targets',
  heal: 'recover',
  heals: 'recovers',
  greet: 'sendWelcome',
  greets: 'sendsWelcome',
  hear: 'receive',
  hears: 'receives',
  say: 'setState, send or notify',
  says: 'sets, sends or notifies',
};

/** Names of the server alone: the page knows homes, letters and parts of other kinds. */
export const onServer = { ...everywhere, letter: 'PendingChange', letters: 'PendingChanges' };

/** The guard reads Yjs: there a part is a Struct, and where it is a TypePath and a Position. */
export const inGuard = {
  ...onServer,
  home: 'TypePath',
  homes: 'TypePaths',
  stand: 'Position',
  stands: 'Positions',
  part: 'Struct',
  parts: 'Structs',
};
