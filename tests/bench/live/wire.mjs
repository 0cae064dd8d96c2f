// The bytes of the load: protocol frames inside WebSocket frames, built by hand so that a few hundred people cost the
// measuring process little.
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';

export const kind = { sync: 0, presence: 1, auth: 2, control: 4, pointer: 5 };
export const sync = { step1: 0, step2: 1, update: 2 };

export function syncFrame(step, payload) {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, kind.sync);
    encoding.writeVarUint(encoder, step);
    encoding.writeVarUint8Array(encoder, payload);
  });
}

/** An update that changes nothing: the answer to step 1 of a client with nothing new. */
export const nothing = new Uint8Array([0, 0]);

/** A client's presence, as stock clients send it. */
export function presenceFrame(client, clock, json) {
  const entry = encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, 1);
    encoding.writeVarUint(encoder, client);
    encoding.writeVarUint(encoder, clock);
    encoding.writeVarString(encoder, json);
  });
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, kind.presence);
    encoding.writeVarUint8Array(encoder, entry);
  });
}

/** Calls back with client and clock of each entry in the body of a presence frame. */
export function eachPresence(body, hear) {
  const decoder = decoding.createDecoder(body);
  for (let left = decoding.readVarUint(decoder); left > 0; left--) {
    const client = decoding.readVarUint(decoder);
    const clock = decoding.readVarUint(decoder);
    const jsonBytes = decoding.readVarUint(decoder);
    decoder.pos += jsonBytes;
    hear(client, clock);
  }
}

const binary = 0x82;
const [masked, in2Bytes, in8Bytes] = [0x80, 126, 127];
const mask = Buffer.from([0x5a, 0xc3, 0x17, 0xe9]);

/** A complete WebSocket frame from a client. */
export function clientFrame(payload, opcode = binary) {
  const { length } = payload;
  const headBytes = (length < in2Bytes ? 2 : length < 65_536 ? 4 : 10) + mask.length;
  const frame = Buffer.allocUnsafe(headBytes + length);
  frame[0] = opcode;
  if (length < in2Bytes) frame[1] = masked | length;
  else if (length < 65_536) {
    frame[1] = masked | in2Bytes;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = masked | in8Bytes;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  mask.copy(frame, headBytes - mask.length);
  for (let i = 0; i < length; i++) frame[headBytes + i] = payload[i] ^ mask[i & 3];
  return frame;
}

/** A complete WebSocket frame from a server. */
export function serverFrame(payload) {
  const { length } = payload;
  const head = Buffer.alloc(length < in2Bytes ? 2 : length < 65_536 ? 4 : 10);
  head[0] = binary;
  if (length < in2Bytes) head[1] = length;
  else if (length < 65_536) {
    head[1] = in2Bytes;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = in8Bytes;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, payload]);
}
