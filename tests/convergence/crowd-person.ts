import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { cards } from '../../shared/collections/card.ts';
import { buildRecord } from '../../shared/schema/collection.ts';
import { openRoots } from '../../shared/documents.ts';
import { rootOf } from '../../shared/schema/read.ts';
import { lanes } from '../../shared/collections/lane.ts';
import { PlainEditor } from '../../shared/schema/editor.ts';
import { closeCode, controlProtocol, frameKind, syncKind } from '../../shared/wire/protocol.ts';
import type { Role } from '../../shared/roles.ts';
import { may } from '../../shared/roles.ts';
import { syncFrame } from '../server/live/raw-client.ts';
import { reading } from '../server/live/stock-client.ts';
import type { Witness } from './counting-socket.ts';
import { countingSocket } from './counting-socket.ts';
import { Hands } from './hands.ts';
import type { RoughNet } from './rough-net.ts';

/** A word that no document may contain in the end. */
export const contraband = 'contraband';

/** A person with a stock provider that asks for control frames, on a rough network. */
export class CrowdPerson {
  readonly name: string;
  readonly net: RoughNet;
  /** The acknowledged updates of all the person's pages. */
  readonly acknowledged: Uint8Array[] = [];
  /** Violations that were found. */
  readonly wrongs: string[] = [];
  readonly #board: string;
  readonly #random: () => number;
  /** True if an update that the server sends is on disk. */
  readonly #isOnDisk: (update: Uint8Array) => boolean;
  #role: Role;
  #doc = new Y.Doc();
  #provider: WebsocketProvider;
  #hands: Hands;
  /** Smuggled updates: no page would offer them again, so their acknowledgement means nothing. */
  readonly #forged = new Set<string>();
  /** True if this page may be closed for its content: something forged, or edits that its role no longer allows. */
  #isTainted = false;

  constructor(
    { name, board, role, net }: { name: string; board: string; role: Role; net: RoughNet },
    random: () => number,
    isOnDisk: (update: Uint8Array) => boolean,
  ) {
    this.name = name;
    this.net = net;
    this.#board = board;
    this.#role = role;
    this.#random = random;
    this.#isOnDisk = isOnDisk;
    [this.#provider, this.#hands] = this.#open();
  }

  get role(): Role {
    return this.#role;
  }

  get doc(): Y.Doc {
    return this.#doc;
  }

  get isSynced(): boolean {
    return this.#provider.synced;
  }

  get state(): string {
    return reading(this.#doc);
  }

  get vector(): string {
    return Buffer.from(Y.encodeStateVector(this.#doc)).toString('base64');
  }

  /** Writes, moves, or sends presence; an observer only sends presence. */
  act(): void {
    if (may(this.#role, 'write')) this.#hands.act();
    else this.#provider.awareness.setLocalStateField('at', this.#random());
  }

  /** Sends what no page sends. The server closes the socket, and the person returns with a new page. */
  smuggle(): void {
    const { ws, wsconnected } = this.#provider;
    if (!ws || !wsconnected) return;
    const doc = new Y.Doc();
    const isFrame = this.#random() < 0.5;
    const record = isFrame
      ? buildRecord(lanes, { title: contraband })
      : buildRecord(cards, { text: contraband, author: 'somebody-else' });
    rootOf(doc, isFrame ? lanes : cards).set('smuggled', record);
    if (isFrame && may(this.#role, 'structure')) return;
    this.#isTainted = true;
    const update = Y.encodeStateAsUpdate(doc);
    this.#forged.add(Buffer.from(update).toString('base64'));
    ws.send(Buffer.from(syncFrame(syncKind.update, update)));
  }

  /** Gets another role, and a new page if the old one may have edits that are no longer allowed. */
  become(role: Role): void {
    const had = this.#role;
    this.#role = role;
    if (!may(role, 'write')) this.#startOver();
    else if (may(had, 'structure') && !may(role, 'structure')) this.#isTainted = true;
  }

  /** Goes offline, with or without a close frame, or comes back. */
  getIntoTrouble(): void {
    const kind = Math.floor(this.#random() * 5);
    if (kind === 0) this.#provider.disconnect();
    else if (kind === 1) this.net.break(true);
    else if (kind === 2) this.net.break(false);
    else if (kind === 3) this.net.stall();
    else this.comeBack();
  }

  comeBack(): void {
    this.net.resume();
    this.#provider.connect();
  }

  close(): void {
    this.#closePage();
    this.net.close();
  }

  #open(): [WebsocketProvider, Hands] {
    const doc = new Y.Doc();
    openRoots(doc);
    const witness: Witness = {
      acknowledged: (update) => {
        if (!this.#forged.has(Buffer.from(update).toString('base64'))) this.acknowledged.push(update);
      },
      shown: (update) => {
        if (!this.#isOnDisk(update)) this.wrongs.push(`${this.name} was shown what is not on disk`);
      },
    };
    const provider = new WebsocketProvider(
      `ws://127.0.0.1:${this.net.port}/sync/${this.#board}`,
      'board',
      doc,
      {
        params: { seat: this.name },
        protocols: [controlProtocol],
        WebSocketPolyfill: countingSocket(witness),
        disableBc: true,
        maxBackoffTime: 20,
      },
    );
    for (const kind of [frameKind.control, frameKind.auth, frameKind.pointer])
      provider.messageHandlers[kind] = () => undefined;
    provider.on('closed', ({ code, reason }) => this.#sentAway(code, reason));
    this.#doc = doc;
    return [provider, new Hands(new PlainEditor(doc, this.name), may(this.#role, 'structure'), this.#random)];
  }

  /** Gets a new membership if it has expired; a new page if its content was refused. */
  #sentAway(code: number, reason: string): void {
    if (code === closeCode.ticket) return this.#provider.connect();
    if (!this.#isTainted) this.wrongs.push(`${this.name} was sent away: ${code} ${reason}`);
    this.#startOver();
  }

  #startOver(): void {
    this.#closePage();
    this.#isTainted = false;
    [this.#provider, this.#hands] = this.#open();
  }

  #closePage(): void {
    this.#provider.destroy();
    this.#provider.awareness.destroy();
    this.#doc.destroy();
  }
}
