import * as encoding from 'lib0/encoding';
import type { Control } from '../../../shared/wire/protocol.ts';
import { frameKind, syncKind } from '../../../shared/wire/protocol.ts';

/**
 * A message with its WebSocket header, ready to be written unchanged to any number of sockets: a server's frames are
 * not masked, so the bytes are the same for everyone (RFC 6455, 5.2).
 */
export type Packet = Uint8Array;

/** A final frame (0x80) of binary data (0x02). */
const finalBinary = 0x82;

/** A length up to 125 is in the second byte. These two values mean that 16 or 64 bits follow. */
const [has16Bits, has64Bits] = [126, 127];

export function step1Packet(stateVector: Uint8Array): Packet {
  return syncPacket(syncKind.step1, stateVector);
}

export function step2Packet(update: Uint8Array): Packet {
  return syncPacket(syncKind.step2, update);
}

export function updatePacket(update: Uint8Array): Packet {
  return syncPacket(syncKind.update, update);
}

/** One entry of a presence packet, which can be reused in any number of packets. */
export function encodeEntry(client: number, clock: number, json: string): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, client);
    encoding.writeVarUint(encoder, clock);
    encoding.writeVarString(encoder, json);
  });
}

export function presencePacket(entries: readonly Uint8Array[]): Packet {
  const content = lengthOf(entries);
  const body = varUintBytes(entries.length) + content;
  const packet = openPacket(1 + varUintBytes(body) + body);
  packet.number(frameKind.awareness);
  packet.number(body);
  packet.number(entries.length);
  for (const entry of entries) packet.bytes(entry);
  return packet.whole;
}

/** Pointers as `shared/wire/pointer.ts` writes them, each after its client id. */
export function pointerPacket(entries: readonly Uint8Array[]): Packet {
  const packet = openPacket(1 + varUintBytes(entries.length) + lengthOf(entries));
  packet.number(frameKind.pointer);
  packet.number(entries.length);
  for (const entry of entries) packet.bytes(entry);
  return packet.whole;
}

/** The message to a stock client before its socket is closed or its update dropped. */
export function deniedPacket(reason: string): Packet {
  return wrapped((encoder) => {
    encoding.writeVarUint(encoder, frameKind.auth);
    encoding.writeVarUint(encoder, 0);
    encoding.writeVarString(encoder, reason);
  });
}

/** Kind 4, then a string with the JSON of a `Control`. */
export function controlPacket(control: Control): Packet {
  return wrapped((encoder) => {
    encoding.writeVarUint(encoder, frameKind.control);
    encoding.writeVarString(encoder, JSON.stringify(control));
  });
}

/** Says only that the server is there. */
export const quietPacket = presencePacket([]);

/** Several packets as one, for one write. */
export function joined(packets: readonly Packet[]): Packet {
  const [only] = packets;
  return packets.length === 1 && only ? only : Buffer.concat(packets);
}

/** The only copy of an update on its way out. */
function syncPacket(kind: number, payload: Uint8Array): Packet {
  const packet = openPacket(2 + varUintBytes(payload.length) + payload.length);
  packet.number(frameKind.sync);
  packet.number(kind);
  packet.number(payload.length);
  packet.bytes(payload);
  return packet.whole;
}

function wrapped(write: (encoder: encoding.Encoder) => void): Packet {
  const body = encoding.encode(write);
  const packet = openPacket(body.length);
  packet.bytes(body);
  return packet.whole;
}

/** A packet for a body of this length, with the header written. */
function openPacket(length: number) {
  const header = length < has16Bits ? 2 : length < 1 << 16 ? 4 : 10;
  const whole = Buffer.allocUnsafe(header + length);
  whole[0] = finalBinary;
  if (header === 2) whole[1] = length;
  else if (header === 4) {
    whole[1] = has16Bits;
    whole.writeUInt16BE(length, 2);
  } else {
    whole[1] = has64Bits;
    whole.writeBigUInt64BE(BigInt(length), 2);
  }
  let at = header;
  return {
    whole,
    /** Seven bits per byte, lowest first, as `lib0` reads it. */
    number(value: number): void {
      let rest = value;
      for (; rest > 127; rest = Math.floor(rest / 128)) whole[at++] = 128 | (rest % 128);
      whole[at++] = rest;
    },
    bytes(bytes: Uint8Array): void {
      whole.set(bytes, at);
      at += bytes.length;
    },
  };
}

function varUintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}
