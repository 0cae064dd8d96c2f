import * as Y from 'yjs';
import { cards } from '../../shared/collections/card.ts';
import { served } from '../../server/documents/served.ts';
import type { ServedDocument } from '../../server/documents/work.ts';
import { board, documentSchema, openRoots } from '../../shared/documents.ts';
import { buildRecord } from '../../shared/schema/collection.ts';
import type { DocumentSchema } from '../../shared/schema/migration.ts';
import { rootOf } from '../../shared/schema/read.ts';

/** A layout of tomorrow, and how often a document was brought to it. */
export interface SchemaTwo extends DocumentSchema {
  readonly runs: number;
}

/** In the second layout a card always says what its evidence is: that of one that did not becomes `partly`. */
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

/** The documents of a server that knows this layout of `board`. */
export function documentsOf(schema: DocumentSchema): readonly ServedDocument[] {
  return [served({ ...board, schema })];
}

/** A board with one card, `one`, that says nothing of its evidence; of a layout, where one is given. */
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

/** What a document says of the evidence of the card `one`. */
export function evidenceIn(doc: Y.Doc): unknown {
  const card = rootOf(doc, cards).get('one');
  return card instanceof Y.Map ? card.get('evidence') : null;
}
