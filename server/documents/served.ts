import { board, documents } from '../../shared/documents.ts';
import type { DocumentDefinition } from '../../shared/schema/document.ts';
import { documentNamed } from '../../shared/schema/document.ts';
import { introducePeople } from './introduce-people.ts';
import { ideaNumbersPast, numberIdeas } from './number-ideas.ts';
import type { ServedDocument } from './work.ts';

/** What the server does for a document, by the name of its definition. It does nothing for those that are not named. */
const done: Readonly<Record<string, Pick<ServedDocument, 'work' | 'past'>>> = {
  [board.name]: { work: [numberIdeas, introducePeople], past: ideaNumbersPast },
};

/** A document as this server keeps it. */
export function served(definition: DocumentDefinition): ServedDocument {
  return { ...definition, ...(done[definition.name] ?? { work: [] }) };
}

/** All documents that this server keeps. */
export const servedDocuments: readonly ServedDocument[] = documents.map(served);

/** The document of a name. @throws where there is none */
export function servedNamed(name: string): ServedDocument {
  const named = documentNamed(servedDocuments, name);
  if (!named) throw new Error('there is no such document');
  return named.definition;
}
