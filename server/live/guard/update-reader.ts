import { parseJson } from '../../../shared/json.ts';
import { maxValueDepth, tariff } from '../limits.ts';
import type { Effort } from './cost.ts';
import { malformed } from './refused.ts';

/**
 * Reads the bytes of an update like `lib0`, with three differences: it refuses numbers above 2^53, refuses values that
 * are nested too deep, and charges for what it reads.
 * @throws Refused with `malformed` or `too-many`, from every method
 */
export class UpdateReader {
  readonly #bytes: Uint8Array;
  readonly #effort: Effort;
  #at = 0;

  constructor(bytes: Uint8Array, effort: Effort) {
    this.#bytes = bytes;
    this.#effort = effort;
  }

  /** The position of the next byte. */
  get at(): number {
    return this.#at;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw malformed();
    return byte;
  }

  /** A whole number, seven bits per byte, lowest bits first. */
  number(): number {
    const first = this.byte();
    if (first < 128) return first;
    let number = first & 127;
    for (let factor = 128; factor <= 2 ** 42; factor *= 128) {
      const byte = this.byte();
      number += (byte & 127) * factor;
      if (byte < 128) return number;
    }
    throw malformed();
  }

  /**
   * Reads a count of elements that take at least `leastBytes` each. Refuses a count that the remaining bytes cannot
   * hold, and charges for the elements before they are read.
   */
  count(leastBytes: number, price: number): number {
    const count = this.number();
    if (count * leastBytes > this.#bytes.length - this.#at) throw malformed();
    this.#effort.spend(count * price);
    return count;
  }

  string(): string {
    const length = this.count(1, 0);
    const from = this.#at;
    this.#at += length;
    // A short string is mostly a key, and starting a decoder takes longer than reading it.
    return (length <= shortString && this.#ascii(from)) || this.#utf8(from);
  }

  /** Null if it is not ASCII. */
  #ascii(from: number): string | null {
    let string = '';
    for (let i = from; i < this.#at; i++) {
      const byte = this.#bytes[i] ?? 0;
      if (byte > 127) return null;
      string += String.fromCharCode(byte);
    }
    return string;
  }

  #utf8(from: number): string {
    try {
      return utf8.decode(this.#bytes.subarray(from, this.#at));
    } catch {
      throw malformed();
    }
  }

  bytes(): Uint8Array {
    const length = this.count(1, 0);
    return this.#bytes.subarray(this.#at, (this.#at += length));
  }

  /** Skips a string of JSON. */
  skipJson(mayBeUndefined = false): void {
    const json = this.string();
    if (mayBeUndefined && json === 'undefined') return;
    if (parseJson(json) === undefined) throw malformed();
  }

  /** A value as `lib0` writes it: JSON, plus a few types that JSON lacks. */
  value(depth = 0): unknown {
    if (depth > maxValueDepth) throw malformed();
    switch (this.byte()) {
      case 127:
        return undefined;
      case 126:
        return null;
      case 125:
        return this.#integer();
      case 124:
        return this.#view(4).getFloat32(0);
      case 123:
        return this.#view(8).getFloat64(0);
      case 122:
        return this.#view(8).getBigInt64(0);
      case 121:
        return false;
      case 120:
        return true;
      case 119:
        return this.string();
      case 118:
        return this.#object(depth);
      case 117:
        return Array.from({ length: this.count(1, tariff.value) }, () => this.value(depth + 1));
      case 116:
        return this.bytes();
      default:
        throw malformed();
    }
  }

  #object(depth: number): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    for (let left = this.count(2, tariff.value); left > 0; left--)
      object[this.string()] = this.value(depth + 1);
    return object;
  }

  /** A whole number with a sign: six bits in the first byte. */
  #integer(): number {
    const first = this.byte();
    const sign = first & 64 ? -1 : 1;
    let number = first & 63;
    if (first < 128) return sign * number;
    for (let factor = 64; factor <= 2 ** 48; factor *= 128) {
      const byte = this.byte();
      number += (byte & 127) * factor;
      if (byte < 128) return sign * number;
    }
    throw malformed();
  }

  #view(length: number): DataView {
    const from = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length) throw malformed();
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset + from, length);
  }
}

const shortString = 8;

/** Like `lib0`: rejects invalid UTF-8, and keeps a byte order mark as a character. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
