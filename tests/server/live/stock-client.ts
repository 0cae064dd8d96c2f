import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { openRoots } from '../../../shared/documents.ts';
import { PlainEditor } from '../../../shared/schema/editor.ts';

/** A person with an unchanged `y-websocket` provider who edits by the project's commands. */
export class StockClient {
  readonly doc = new Y.Doc();
  readonly editor: PlainEditor;
  readonly provider: WebsocketProvider;

  /** `Provider`: another version of it. `schema`: the layout that it says it knows. `query`: of the address. */
  constructor(
    url: string,
    person: string,
    Provider = WebsocketProvider,
    schema?: number,
    query: Readonly<Record<string, string>> = {},
  ) {
    openRoots(this.doc);
    this.editor = new PlainEditor(this.doc, person);
    this.provider = new Provider(url, 'board', this.doc, {
      params: { seat: person, ...query, ...(schema !== undefined && { schema: String(schema) }) },
      // The stock client takes any WebSocket class, but the two type packages do not know each other.
      WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket,
      disableBc: true,
      maxBackoffTime: 200,
    });
  }

  get awareness() {
    return this.provider.awareness;
  }

  /** The document as a string that is equal for all who agree. */
  get state(): string {
    return reading(this.doc);
  }

  async synced(): Promise<this> {
    await until(
      () => this.provider.synced,
      (check) => this.provider.on('sync', check),
    );
    return this;
  }

  /** Waits until the document meets a condition. */
  sees(what: () => boolean): Promise<void> {
    return until(what, (check) => this.doc.on('update', check));
  }

  /** Waits until others' presence meets a condition. */
  notices(what: () => boolean): Promise<void> {
    return until(what, (check) => this.awareness.on('update', check));
  }

  /** The close code and reason after which this client gives up. */
  ended(): Promise<{ code: number; reason: string }> {
    return new Promise((resolve) => this.provider.on('closed', resolve));
  }

  /** The code of the next close of its socket. */
  async disconnected(): Promise<number | null> {
    return new Promise((resolve) =>
      this.provider.on('connection-close', (event) => resolve(event?.code ?? null)),
    );
  }

  close(): void {
    this.provider.destroy();
    this.awareness.destroy();
    this.doc.destroy();
  }
}

/** Resolves as soon as `what` holds, checked on each call back of `listen`. */
export function until(what: () => boolean, listen: (check: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (what()) resolve();
    };
    listen(check);
    check();
  });
}

/** Waits until all have the same document. An edit that is still being sent to one of them is missing there. */
export function agree(...clients: readonly StockClient[]): Promise<void> {
  const [first] = clients;
  return until(
    () => clients.every(({ state }) => state === first?.state),
    (check) => clients.forEach(({ doc }) => doc.on('update', check)),
  );
}

/** A document as a string. Keys are sorted, since each client has them in the order of arrival. */
export function reading(doc: Y.Doc): string {
  const roots = Object.fromEntries([...doc.share].map(([name, type]) => [name, type.toJSON() as unknown]));
  return JSON.stringify(roots, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
