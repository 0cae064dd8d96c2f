/**
 * Received bytes that are to be kept beyond the turn. They are a view of what was read from the network, up to 64 KiB,
 * and keep all of it in memory: where they are the smaller part, the same bytes on their own.
 */
export function kept(bytes: Uint8Array): Uint8Array {
  return bytes.length * 2 < bytes.buffer.byteLength ? new Uint8Array(bytes) : bytes;
}
