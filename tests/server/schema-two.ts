import * as Y from 'yjs';
import { cards } from '../../shared/collections/card.ts';
import { served } from '../../server/documents/served.ts';
import type { ServedDocument } from '../../server/documents/work.ts';
import { board, documentSchema, openRoots } from '../../shared/documents.ts';
import { buildRecord } from '../../shared/schema/collection.ts';
import type { DocumentSchema } from '../../shared/schema/migration.ts';
import { rootOf } from '../../shared/schema/read.ts';

/** A second layout, and the number of migrations to it. */
export interface SchemaTwo extends DocumentSchema {
  readonly runs: number;
}

/** In the second layout each card has evidence: a card without any gets `partly`. */
export function schemaTwo(): SchemaTwo {
  const schema = {
    version: 2,
    runs: 0,
    migrations: [
      ...documentSchema.migrations,
      {
        to: 2,
        run(doc: Y.Doc) {
          schema.runs++;
          for (const card of rootOf(doc, cards).values())
            if (card instanceof Y.Map && !card.has('evidence')) card.set('evidence', 'partly');
        },
      },
    ],
  };
  return schema;
}

/** The documents of a server that knows the second layout of `board`. */
export function documentsOf(schema: DocumentSchema): readonly ServedDocument[] {
  return [served({ ...board, schema })];
}

/** A board with one card, `one`, without evidence. `meta` names the layout if it is given. */
export function boardOf(schema?: number): Uint8Array {
  const doc = new Y.Doc();
  openRoots(doc);
  doc.transact(() => {
    if (schema !== undefined) doc.getMap('meta').set('schema', schema);
    const place = { lane: 'doing', phase: 'arrive', step: null, order: 'a0' };
    rootOf(doc, cards).set('one', buildRecord(cards, { text: 'One', place }));
  });
  return Y.encodeStateAsUpdate(doc);
}

/** The stored evidence of the card `one`. */
export function evidenceIn(doc: Y.Doc): unknown {
  const card = rootOf(doc, cards).get('one');
  return card instanceof Y.Map ? card.get('evidence') : null;
}
