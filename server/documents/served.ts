import { board, documents } from '../../shared/documents.ts';
import type { DocumentDefinition } from '../../shared/schema/document.ts';
import { documentNamed } from '../../shared/schema/document.ts';
import { introducePeople } from './introduce-people.ts';
import { ideaNumbersPast, numberIdeas } from './number-ideas.ts';
import type { ServedDocument } from './work.ts';

/** The server's work for each document, by the name of its definition. Others have none. */
const done: Readonly<Record<string, Pick<ServedDocument, 'work' | 'past'>>> = {
  [board.name]: { work: [numberIdeas, introducePeople], past: ideaNumbersPast },
};

/** A definition with the server's work for it. */
export function served(definition: DocumentDefinition): ServedDocument {
  return { ...definition, ...(done[definition.name] ?? { work: [] }) };
}

/** All documents of this server. */
export const servedDocuments: readonly ServedDocument[] = documents.map(served);

/** The document with a name. @throws if there is none */
export function servedNamed(name: string): ServedDocument {
  const named = documentNamed(servedDocuments, name);
  if (!named) throw new Error('there is no such document');
  return named.definition;
}
