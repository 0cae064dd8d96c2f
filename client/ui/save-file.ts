/** The browser reads the file only after the click; it is given time to. */
const readMs = 60_000;

/** Hands the person a file to keep, as a download. */
export function saveFile(name: string, content: string | Uint8Array, type: string): void {
  const parts = typeof content === 'string' ? content : content.slice();
  const address = URL.createObjectURL(new Blob([parts], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name.replace(/[\p{Cc}\\/:*?"<>|]+/gu, ' ').trim();
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), readMs);
}
