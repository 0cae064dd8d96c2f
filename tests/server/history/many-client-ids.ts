import * as encoding from 'lib0/encoding';

/** One update with a collected struct under each of this many client ids: nine bytes that Yjs never forgets. */
export function manyClientIds(count: number, first = 4_000_000_000): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, count);
    for (let n = 0; n < count; n++) {
      encoding.writeVarUint(encoder, 1);
      // Yjs writes the highest first.
      encoding.writeVarUint(encoder, first - n);
      encoding.writeVarUint(encoder, 0);
      encoding.writeUint8(encoder, 0);
      encoding.writeVarUint(encoder, 1);
    }
    encoding.writeVarUint(encoder, 0);
  });
}
