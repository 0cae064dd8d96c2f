import encodeQR from 'qr';

/** The light margin that readers need around a code, in modules (ISO/IEC 18004). */
const quietZone = 4;

/** A QR code as one SVG path, with a box for each run of dark modules, and its side in modules. */
export function qrPath(text: string): { readonly path: string; readonly side: number } {
  const modules = encodeQR(text, 'raw', { ecc: 'medium', border: quietZone });
  let path = '';
  modules.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      if (!row[x]) continue;
      let length = 1;
      while (row[x + length]) length++;
      path += `M${x} ${y}h${length}v1h-${length}z`;
      x += length;
    }
  });
  return { path, side: modules.length };
}
