import type * as Y from 'yjs';
import type { Links } from '../e2e/harness.ts';

/** A person without a page, on the socket. */
interface Peer {
  readonly doc: Y.Doc;
  readonly person: string;
  saved(): Promise<void>;
  close(): Promise<void>;
}

export function makeBoard(url: string, count: 1000 | 5000): Promise<{ links: Links; ana: Peer }>;
