import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { KeptMarks } from '../../../client/model/sync/marks.ts';
import type { Control } from '../../../shared/wire/protocol.ts';
import { controlProtocol, frameKind, putBackQuery, syncKind } from '../../../shared/wire/protocol.ts';
import { StockClient } from './stock-client.ts';

/** A provider with the project's sub-protocol, like the page's: it stores marks and shows them. */
class PageProvider extends WebsocketProvider {
  readonly heard: Control[] = [];
  #wake: () => void = () => {};

  constructor(
    url: string,
    room: string,
    doc: Y.Doc,
    options: ConstructorParameters<typeof WebsocketProvider>[3],
  ) {
    super(url, room, doc, { ...options, connect: false, protocols: [controlProtocol] });
    const marks = new KeptMarks(doc.clientID);
    this.messageHandlers[frameKind.control] = (_encoder, decoder) => {
      const control = JSON.parse(decoding.readVarString(decoder)) as Control;
      if (control.kind === 'mark') marks.keep(control.mark);
      this.heard.push(control);
      this.#wake();
    };
    const stock = this.messageHandlers[frameKind.sync];
    this.messageHandlers[frameKind.sync] = (encoder, decoder, provider, emitSynced, kind) => {
      if (decoder.arr[decoder.pos] === syncKind.step1) {
        const body = decoding.createDecoder(decoder.arr.subarray(decoder.pos + 1));
        const state = Y.decodeStateVector(decoding.readVarUint8Array(body));
        const proof = marks.proof(state);
        if (proof.length > 0) {
          const frame = encoding.createEncoder();
          encoding.writeVarUint(frame, frameKind.control);
          encoding.writeVarString(frame, JSON.stringify({ kind: 'proof', marks: proof }));
          this.ws?.send(encoding.toUint8Array(frame));
        }
      }
      stock?.(encoder, decoder, provider, emitSynced, kind);
    };
    this.connect();
  }

  async told<K extends Control['kind']>(
    kind: K,
    which: (control: Extract<Control, { kind: K }>) => boolean = () => true,
  ): Promise<Extract<Control, { kind: K }>> {
    for (;;) {
      const index = this.heard.findIndex(
        (one) => one.kind === kind && which(one as Extract<Control, { kind: K }>),
      );
      if (index >= 0) return this.heard.splice(index, 1)[0] as Extract<Control, { kind: K }>;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

/** A person with a page: the stock provider with the project's sub-protocol, and its clock marks. */
export class PageClient extends StockClient {
  /** `takesPutBacks`: true if it says that it understands `put-back`. */
  constructor(url: string, person: string, takesPutBacks = false) {
    super(url, person, PageProvider, undefined, takesPutBacks ? { [putBackQuery]: '1' } : {});
  }

  /** Waits for a control frame, and takes it. */
  told<K extends Control['kind']>(
    kind: K,
    which?: (control: Extract<Control, { kind: K }>) => boolean,
  ): Promise<Extract<Control, { kind: K }>> {
    return this.#page.told(kind, which);
  }

  /** Drops the received frames of a kind. */
  forget(kind: Control['kind']): void {
    const others = this.heard.filter((one) => one.kind !== kind);
    this.#page.heard.splice(0, this.heard.length, ...others);
  }

  get heard(): readonly Control[] {
    return this.#page.heard;
  }

  get #page(): PageProvider {
    if (!(this.provider instanceof PageProvider)) throw new Error('not the provider of a page');
    return this.provider;
  }
}
