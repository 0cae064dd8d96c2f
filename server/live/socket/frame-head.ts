/** The header of a WebSocket frame (RFC 6455, 5.2): where the frame ends, and its type. */
export class FrameHead {
  opcode = 0;
  /** True if the message ends with this frame. */
  isFinal = false;
  isMasked = false;
  /** True for almost all frames: a whole binary message, masked, without extension bits. */
  isPlain = false;
  /** Bytes of the header, and of the payload after it. */
  headBytes = 0;
  payloadBytes = 0;
}

export const closeOpcode = 8;

/** Final, binary. */
const plain = 0x82;

/** Ping, pong and close: opcodes from 8 on. */
export const isControl = ({ opcode }: FrameHead): boolean => opcode >= closeOpcode;

/** True for a part of a message that comes in several frames. */
export const isFragment = ({ opcode, isFinal }: FrameHead): boolean => opcode === 0 || !isFinal;

/**
 * Sets the mask in a frame's header to zero, and returns the old mask; 0 if there is none. Otherwise `ws` would unmask
 * a message of 16 MiB at once, which takes 50 ms.
 */
export function takeMask(bytes: Buffer, at: number, { isMasked, headBytes }: FrameHead): number {
  if (!isMasked) return 0;
  const mask = bytes.readInt32LE(at + headBytes - 4);
  bytes.writeInt32LE(0, at + headBytes - 4);
  return mask;
}

/** Unmasks a part of a payload, in place. `done`: bytes of the payload before it. */
export function unmaskPart(bytes: Buffer, from: number, to: number, mask: number, done: number): void {
  for (let i = from, at = done; i < to; i++, at++) bytes[i] = (bytes[i] ?? 0) ^ (mask >> ((at & 3) << 3));
}

/** Unmasks a payload, in place. `head`: the header of its frame, which begins at `at`. */
export function unmask(bytes: Buffer, at: number, { headBytes, payloadBytes }: FrameHead): Buffer {
  const from = at + headBytes;
  unmaskPart(bytes, from, from + payloadBytes, bytes.readInt32LE(from - 4), 0);
  return bytes.subarray(from, from + payloadBytes);
}

/**
 * Reads the header of the frame at `at` into `head`. Returns false if it is incomplete. `ws` reads the same bytes and
 * checks whether the frame is valid.
 */
export function readHead(bytes: Buffer, at: number, head: FrameHead): boolean {
  if (bytes.length < at + 2) return false;
  const first = bytes[at] ?? 0;
  const second = bytes[at + 1] ?? 0;
  const short = second & 0x7f;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const headBytes = 2 + lengthBytes + (second & 0x80 ? 4 : 0);
  if (bytes.length < at + headBytes) return false;
  head.opcode = first & 0x0f;
  head.isFinal = (first & 0x80) !== 0;
  head.isMasked = (second & 0x80) !== 0;
  head.isPlain = first === plain && head.isMasked;
  head.headBytes = headBytes;
  head.payloadBytes =
    lengthBytes === 0
      ? short
      : lengthBytes === 2
        ? bytes.readUInt16BE(at + 2)
        : bytes.readUInt32BE(at + 2) * 2 ** 32 + bytes.readUInt32BE(at + 6);
  return true;
}
