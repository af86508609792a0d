/** S5: forty ways to smuggle something in as a scan: none is kept, or, where it truly is a scan, none is shown inline. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { startApp, type TestApp } from '../support/app.js';
import type { CaseBody, ProblemBody } from '../support/http.js';

const LIMIT_BYTES = 32 * 1024;
const PDF = Buffer.from('%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n');
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const hex = (text: string) => Buffer.concat([Buffer.from(text, 'hex'), Buffer.alloc(64)]);
const text = (content: string) => Buffer.from(content);
const zipHead = '504b0304140000000800';

/** Content that is no scan, whatever it calls itself. */
const FOREIGN: readonly (readonly [what: string, content: Buffer])[] = [
  ['HTML', text('<!doctype html><script>alert(1)</script>')],
  ['HTML after a byte order mark', Buffer.concat([Buffer.from('efbbbf', 'hex'), text('<html><script>1</script>')])],
  ['HTML in UTF-16', Buffer.from('\ufeff<html><script>1</script></html>', 'utf16le')],
  ['SVG with a script', text('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>')],
  [
    'XML with an outside entity',
    text('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'),
  ],
  ['JavaScript', text('fetch("/api/v1/cases")')],
  ['a shell script', text('#!/bin/sh\nid\n')],
  ['PHP', text('<?php system($_GET[0]); ?>')],
  ['an ELF program', hex('7f454c4602010100')],
  ['a Windows program', hex('4d5a90000300000004000000')],
  ['a Java class', hex('cafebabe00000034')],
  ['WebAssembly', hex('0061736d01000000')],
  ['a zip archive', hex(zipHead)],
  ['an empty zip archive', hex('504b0506')],
  ['a zip bomb', Buffer.concat([Buffer.from(zipHead, 'hex'), gzipSync(Buffer.alloc(8 * 1024 ** 2))])],
  ['a gzip bomb', gzipSync(Buffer.alloc(8 * 1024 ** 2))],
  ['bzip2', hex('425a6839314159265359')],
  ['xz', hex('fd377a585a00')],
  ['7z', hex('377abcaf271c')],
  ['RAR', hex('526172211a0700')],
  ['tar', Buffer.concat([Buffer.alloc(257), text('ustar\0'), Buffer.alloc(249)])],
  ['an old Office document', hex('d0cf11e0a1b11ae1')],
  ['GIF', hex('474946383961')],
  ['BMP', hex('424d36000000')],
  ['TIFF', hex('49492a0008000000')],
  ['WebP', Buffer.concat([text('RIFF'), Buffer.from('24000000', 'hex'), text('WEBPVP8 '), Buffer.alloc(64)])],
  ['an icon', hex('00000100010010100000')],
  ['MP4', hex('0000001866747970697336')],
  ['a Flash film', hex('43575309')],
  ['RTF', text('{\\rtf1 \\object}')],
  ['PostScript', text('%!PS-Adobe-3.0\n(id) system\n')],
  ['a link of Windows', hex('4c0000000114020000000000c000000000000046')],
  ['a PDF that begins late', Buffer.concat([text('<html>'), Buffer.alloc(2000, 0x20), PDF])],
  ['the first byte of a PDF', text('%')],
  ['most of the name of a PDF', text('%PD')],
  ['the name of a PNG without its end', PNG.subarray(0, 6)],
  ['nothing', Buffer.alloc(0)],
  ['NUL bytes', Buffer.alloc(64)],
  ['a PDF longer than the limit', Buffer.concat([PDF, Buffer.alloc(LIMIT_BYTES)])],
  ['a PNG longer than the limit', Buffer.concat([PNG, Buffer.alloc(LIMIT_BYTES)])],
];

/** True scans with something beside: kept as what they are, and never shown. */
const POLYGLOTS: readonly (readonly [what: string, content: Buffer, type: string])[] = [
  ['a PDF with HTML in it', Buffer.concat([PDF, text('<script>alert(1)</script>')]), 'application/pdf'],
  [
    'a PDF with JavaScript of its own',
    Buffer.concat([text('%PDF-1.4\n<< /S /JavaScript /JS (app.alert(1)) >>\n'), PDF]),
    'application/pdf',
  ],
  ['a PDF with a zip archive behind it', Buffer.concat([PDF, Buffer.from(zipHead, 'hex')]), 'application/pdf'],
  ['a PNG with PHP behind it', Buffer.concat([PNG, text('<?php system(0); ?>')]), 'image/png'],
];
/** What a file may call itself. */
const NAMES = [
  'scan.pdf',
  'scan.pdf.exe',
  'scan.php%00.pdf',
  '../../scan.pdf',
  '..\\scan.pdf',
  'C:\\scan.pdf',
  'scan.html',
  '.htaccess',
];

let server: TestApp;
let open: CaseBody;
beforeAll(async () => {
  server = await startApp({ environment: { UPLOAD_MAX_BYTES: String(LIMIT_BYTES) } });
  open = await server.http.open();
});
afterAll(() => server.stop());

function upload(content: Buffer, filename: string, type: string) {
  const form = new FormData();
  form.append('kind', 'NEWS_PRINTOUT');
  form.append('file', new Blob([new Uint8Array(content)], { type }), filename);
  return server.http.send<CaseBody & ProblemBody>('staf', 'POST', `/cases/${open.id}/documents`, form);
}
const onFile = async () =>
  (await server.http.get<{ items: object[] }>('staf', `/cases/${open.id}/documents`)).body.items.length;

it('there are forty of them', () => expect(FOREIGN.length).toBeGreaterThanOrEqual(40));

it.each(FOREIGN)('%s is not kept, whatever it calls itself', async (_, content) => {
  const before = await onFile();
  for (const type of ['application/pdf', 'image/png', 'text/html']) {
    const { status } = await upload(content, NAMES[content.length % NAMES.length]!, type);
    expect([413, 415]).toContain(status);
  }
  expect(await onFile()).toBe(before);
});

it.each(POLYGLOTS)('%s is given back as a file to keep, never to show', async (_, content, type) => {
  for (const filename of NAMES) expect((await upload(content, filename, 'text/html')).status).toBe(201);
  const documentId = createHash('sha256').update(content).digest('hex');
  const { headers } = await server.http.get('staf', `/cases/${open.id}/documents/${documentId}`);
  expect(headers.get('content-type')).toBe(type);
  expect(headers.get('content-disposition')).toMatch(/^attachment; filename="NEWS_PRINTOUT-[0-9a-f]{8}"$/);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-security-policy')).toBe("sandbox; default-src 'none'; frame-ancestors 'none'");
  expect(headers.get('cache-control')).toBe('no-store');
});
