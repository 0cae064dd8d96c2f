import { board } from '../../shared/documents.ts';
import type { DocumentDefinition, DocumentFeatures, Member } from '../../shared/schema/document.ts';
import { documentNamed } from '../../shared/schema/document.ts';
import { Problem } from './problem.ts';

/** The document that the routes of a board work on. */
export const mainDocument = board.name;

/**
 * Refuses a document that one of the features leaves out, or that this member may not read, as if it did not exist.
 * Admin routes pass no `reader`.
 * @throws Problem `no-such-document`
 */
export function needIncluded(
  documents: readonly DocumentDefinition[],
  document: string,
  features: readonly (keyof DocumentFeatures)[],
  reader?: Member,
): void {
  const named = documentNamed(documents, document);
  const isIncluded =
    named !== null &&
    features.every((feature) => named.definition.includedIn[feature]) &&
    (!reader || named.definition.reads(reader, named.owner));
  if (!isIncluded) throw new Problem('no-such-document');
}
