/** A thread of its own: laying out pages takes seconds, and requests must not wait for it. */
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import pdfmake, { type Fonts } from 'pdfmake';
import type { Text } from '../../machines/contract.js';
import { definitionOf } from './report.pdf.js';
import type { AuditReport } from './report.types.js';

const { report, language } = workerData as { report: AuditReport; language: keyof Text };
const fonts = createRequire(import.meta.url)('pdfmake/fonts/Roboto.js') as Fonts;
const ours = new Set(Object.values(fonts.Roboto ?? {}));

pdfmake.setFonts(fonts);
// The report brings no pictures: nothing but the fonts is read, from nowhere else.
pdfmake.setUrlAccessPolicy(() => false);
pdfmake.setLocalAccessPolicy((path) => ours.has(path));
parentPort?.postMessage(await pdfmake.createPdf(definitionOf(report, language)).getBuffer());
