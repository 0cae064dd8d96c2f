// The protocol of each server: the same documents and presence, in its own frames.
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { kind, sync } from './wire.mjs';

const names = { [sync.step1]: 'step1', [sync.step2]: 'step2', [sync.update]: 'update' };

/**
 * Parses a message into `{says, body}`, where `says` is step1, step2, update, presence, pointers, saved or other. For
 * `saved`, `frames` is the number of document frames of this socket that it covers, from the first.
 */
function readMessage(decoder) {
  const of = decoding.readVarUint(decoder);
  if (of === kind.sync) {
    const step = decoding.readVarUint(decoder);
    return { says: names[step] ?? 'other', body: decoding.readVarUint8Array(decoder) };
  }
  if (of === kind.presence) return { says: 'presence', body: decoding.readVarUint8Array(decoder) };
  return { says: 'other', of };
}

/** The protocol of `y-websocket`, with our control and pointer frames if requested. */
export const yjs = {
  /** Frames to send first. */
  greeting: () => [],
  wrap: (frame) => frame,
  read: (payload) => {
    const decoder = decoding.createDecoder(payload);
    const message = readMessage(decoder);
    if (message.of === kind.pointer) return { says: 'pointers', decoder };
    if (message.of !== kind.control) return message;
    const control = JSON.parse(decoding.readVarString(decoder));
    if (control.kind === 'refused') throw new Error(`The server refused an update: ${control.reason}`);
    return control.kind === 'saved' ? { says: 'saved', frames: control.frames } : message;
  },
};

const hocuspocusKind = { auth: 2, syncReply: 4, syncStatus: 8 };

/** The protocol of Hocuspocus: the document's name before each frame, and a token first. */
export function hocuspocus(document) {
  const name = encoding.encode((encoder) => encoding.writeVarString(encoder, document));
  const wrap = (frame) => Buffer.concat([name, frame]);
  let taken = 0;
  return {
    greeting: () => [
      encoding.encode((encoder) => {
        encoding.writeVarUint(encoder, hocuspocusKind.auth);
        encoding.writeVarUint(encoder, 0);
        encoding.writeVarString(encoder, '');
      }),
    ],
    wrap,
    read: (payload) => {
      const decoder = decoding.createDecoder(payload);
      decoder.pos = name.length;
      const message = readMessage(decoder);
      if (message.of === hocuspocusKind.syncReply) {
        const step = decoding.readVarUint(decoder);
        return { says: names[step] ?? 'other', body: decoding.readVarUint8Array(decoder) };
      }
      // One for each document frame of this socket, once applied.
      if (message.of === hocuspocusKind.syncStatus) return { says: 'saved', frames: ++taken };
      return message;
    },
  };
}
