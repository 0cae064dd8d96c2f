// A simulated person: a Y.Doc on a bare socket, with the protocol of docs/API.md.
import { once } from 'node:events';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { WebSocket } from 'ws';
import * as Y from 'yjs';

const sync = 0;
const [step1, step2, update] = [0, 1, 2];
const control = 4;

export async function post(url, body) {
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

export function frame(kind, payload) {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, sync);
    encoding.writeVarUint(encoder, kind);
    encoding.writeVarUint8Array(encoder, payload);
  });
}

export class Peer {
  doc = new Y.Doc();
  person = '';
  board = '';
  /** Called with the time at which each update arrived, before it is applied. */
  onArrival = () => {};
  /** The time at which the last own update was written to the socket. */
  sentAt = 0;
  #socket;
  #sent = 0;
  #saved = 0;
  #isSynced = false;
  #wake = [];

  /** Joins a board by a link, and waits for its state. */
  static async join(url, link, name) {
    const { board, person, token } = await post(`${url}/api/join`, { link, name });
    const peer = await Peer.connect(`${url.replace('http', 'ws')}/sync/${board}/board?token=${token}`, true);
    Object.assign(peer, { board, person });
    await peer.#until(() => peer.#isSynced);
    return peer;
  }

  /** Connects to any server that forwards frames. */
  static async connect(url, speaksSync) {
    const peer = new Peer(new WebSocket(url, speaksSync ? ['resa.1'] : [], { perMessageDeflate: false }));
    await once(peer.#socket, 'open');
    if (speaksSync) peer.#socket.send(frame(step1, Y.encodeStateVector(peer.doc)));
    return peer;
  }

  constructor(socket) {
    this.#socket = socket;
    socket.on('message', (data) => this.#hear(data, performance.now()));
    this.doc.on('update', (bytes, origin) => {
      if (origin === this) return;
      this.#sent++;
      const bytesOut = frame(update, bytes);
      this.sentAt = performance.now();
      socket.send(bytesOut);
    });
  }

  /** Waits until everything written here is on the server's disk. */
  saved() {
    return this.#until(() => this.#saved >= this.#sent);
  }

  async close() {
    this.#socket.close();
    await once(this.#socket, 'close');
    this.doc.destroy();
  }

  #hear(data, now) {
    const decoder = decoding.createDecoder(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    const kind = decoding.readVarUint(decoder);
    if (kind === control) {
      const said = JSON.parse(decoding.readVarString(decoder));
      if (said.kind === 'refused') throw new Error(`The server refused an update: ${said.reason}`);
      if (said.kind === 'saved') this.#saved = said.frames;
    }
    if (kind === sync)
      this.#hearSync(decoding.readVarUint(decoder), decoding.readVarUint8Array(decoder), now);
    for (const wake of this.#wake) wake();
  }

  #hearSync(kind, payload, now) {
    if (kind === step1) {
      this.#sent++;
      this.#socket.send(frame(step2, Y.encodeStateAsUpdate(this.doc, payload)));
      return;
    }
    if (kind === update) this.onArrival(now);
    else this.#isSynced = true;
    Y.applyUpdate(this.doc, payload, this);
  }

  #until(what) {
    return new Promise((resolve) => {
      const check = () => {
        if (!what()) return;
        this.#wake = this.#wake.filter((one) => one !== check);
        resolve();
      };
      this.#wake.push(check);
      check();
    });
  }
}

/** What two documents must have in common once everything has arrived. */
export function stateOf(doc) {
  const cards = [...doc.getMap('cards')].map(([id, card]) => [id, card.toJSON()]);
  return JSON.stringify(cards.sort(([a], [b]) => (a < b ? -1 : 1)));
}
