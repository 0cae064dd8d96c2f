/**
 * Returns received bytes that can be kept beyond the current turn. Received bytes are a view of the socket's read
 * buffer, up to 64 KiB, and keep all of it in memory. They are copied if they are less than half of it.
 */
export function kept(bytes: Uint8Array): Uint8Array {
  return bytes.length * 2 < bytes.buffer.byteLength ? new Uint8Array(bytes) : bytes;
}
