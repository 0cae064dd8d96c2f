/** The browser reads the file after the click, so revoke its URL later. */
const readMs = 60_000;

/** Offers a file to the person as a download. */
export function saveFile(name: string, content: string | Uint8Array, type: string): void {
  const parts = typeof content === 'string' ? content : content.slice();
  const address = URL.createObjectURL(new Blob([parts], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name.replace(/[\p{Cc}\\/:*?"<>|]+/gu, ' ').trim();
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), readMs);
}
