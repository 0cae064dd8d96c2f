import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { openRoots } from '../../../shared/board/document.ts';
import { PlainEditor } from '../../../shared/commands/editor.ts';

/** A person with an unchanged `y-websocket` provider and the project's commands for hands. */
export class StockClient {
  readonly doc = new Y.Doc();
  readonly editor: PlainEditor;
  readonly provider: WebsocketProvider;

  constructor(url: string, person: string) {
    openRoots(this.doc);
    this.editor = new PlainEditor(this.doc, person);
    this.provider = new WebsocketProvider(url, 'board', this.doc, {
      params: { seat: person },
      // The stock client takes any WebSocket class; the two type packages do not know of each other.
      WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket,
      disableBc: true,
      maxBackoffTime: 200,
    });
  }

  get awareness() {
    return this.provider.awareness;
  }

  get state(): string {
    return JSON.stringify(this.doc.toJSON());
  }

  async synced(): Promise<this> {
    await until(
      () => this.provider.synced,
      (check) => this.provider.on('sync', check),
    );
    return this;
  }

  /** Waits until the document is as the test wants it. */
  sees(what: () => boolean): Promise<void> {
    return until(what, (check) => this.doc.on('update', check));
  }

  /** Waits until the presence of others is as the test wants it. */
  notices(what: () => boolean): Promise<void> {
    return until(what, (check) => this.awareness.on('update', check));
  }

  /** The close code and reason after which this client gives up. */
  ended(): Promise<{ code: number; reason: string }> {
    return new Promise((resolve) => this.provider.on('closed', resolve));
  }

  /** The close code of the next closing of its socket. */
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

/** Resolves as soon as `what` holds, looking each time that `listen` calls back. */
export function until(what: () => boolean, listen: (check: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (what()) resolve();
    };
    listen(check);
    check();
  });
}
