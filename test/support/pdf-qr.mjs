/**
 * node pdf-qr.mjs < file.pdf: prints the modules of the QR code on each page, as a JSON array of rows of 0 and 1; null where
 * there is none. It is a white square with black squares drawn on it. In a process of its own: pdf.js is no guest of Jest.
 */
import { Buffer } from 'node:buffer';
import process from 'node:process';
import { getDocument, OPS } from 'pdfjs-dist/legacy/build/pdf.mjs';

function modulesOf({ fnArray, argsArray }) {
  let colour = null;
  let square = null;
  const dark = [];
  fnArray.forEach((operation, n) => {
    if (operation === OPS.setFillRGBColor) [colour] = argsArray[n];
    if (operation !== OPS.constructPath || !argsArray[n][2]) return;
    const [left, bottom, right, top] = argsArray[n][2];
    const box = { left, bottom, width: right - left, height: top - bottom };
    if (colour === '#ffffff' && Math.abs(box.width - box.height) < 0.01) square = box;
    else if (colour === '#000000' && square) dark.push(box);
  });
  if (!square || dark.length === 0) return null;
  const { width } = dark[0];
  const size = Math.round(square.width / width);
  const rows = Array.from({ length: size }, () => new Array(size).fill(0));
  for (const { left, bottom } of dark) {
    const row = Math.round((bottom - square.bottom) / width);
    const column = Math.round((left - square.left) / width);
    if (rows[row]?.[column] === 0) rows[row][column] = 1;
  }
  return rows.map((row) => row.join(''));
}

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const data = new Uint8Array(Buffer.concat(chunks));
const pdf = await getDocument({ data, verbosity: 0, isEvalSupported: false }).promise;
const pages = [];
for (let number = 1; number <= pdf.numPages; number++) {
  pages.push(modulesOf(await (await pdf.getPage(number)).getOperatorList()));
}
process.stdout.write(JSON.stringify(pages));
