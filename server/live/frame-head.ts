/** The head of a WebSocket frame (RFC 6455, 5.2): where the frame ends, and what kind it is. */
export interface FrameHead {
  readonly opcode: number;
  /** Whether the message ends with this frame. */
  readonly isFinal: boolean;
  /** Whether it is what nearly all are: a whole binary message, masked, with no bits that need an extension. */
  readonly isPlain: boolean;
  /** Bytes of the head itself, and of the payload behind it. */
  readonly headBytes: number;
  readonly payloadBytes: number;
}

export const closeOpcode = 8;

/** Final, binary. */
const plain = 0x82;

/** Ping, pong and close: opcodes from 8 on. */
export const isControl = ({ opcode }: FrameHead): boolean => opcode >= closeOpcode;

/** Whether it is a part of a message that comes in several frames. */
export const isFragment = ({ opcode, isFinal }: FrameHead): boolean => opcode === 0 || !isFinal;

/** Takes the mask off a payload, in place. `head`: of its frame, which begins at the start of the bytes. */
export function unmask(bytes: Buffer, { headBytes, payloadBytes }: FrameHead): Buffer {
  const payload = bytes.subarray(headBytes, headBytes + payloadBytes);
  const mask = [4, 3, 2, 1].map((back) => bytes[headBytes - back] ?? 0);
  for (let i = 0; i < payloadBytes; i++) payload[i] = (payload[i] ?? 0) ^ (mask[i & 3] ?? 0);
  return payload;
}

/**
 * Reads the head of a frame that begins at `at`; null while not all of it is there. Whether such a frame is
 * allowed is left to `ws`, which reads the same bytes.
 */
export function readHead(bytes: Buffer, at: number): FrameHead | null {
  if (bytes.length < at + 2) return null;
  const first = bytes[at] ?? 0;
  const second = bytes[at + 1] ?? 0;
  const short = second & 0x7f;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const headBytes = 2 + lengthBytes + (second & 0x80 ? 4 : 0);
  if (bytes.length < at + headBytes) return null;
  return {
    opcode: first & 0x0f,
    isFinal: (first & 0x80) !== 0,
    isPlain: first === plain && (second & 0x80) !== 0,
    headBytes,
    payloadBytes:
      lengthBytes === 0
        ? short
        : lengthBytes === 2
          ? bytes.readUInt16BE(at + 2)
          : bytes.readUInt32BE(at + 2) * 2 ** 32 + bytes.readUInt32BE(at + 6),
  };
}
