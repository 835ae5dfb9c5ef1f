// Files in one, as ZIP without compression (PKWARE's APPNOTE 6.3: local headers, central directory, its end). Pure.

const UTF8 = 0x0800; // flag: names are UTF-8
const VERSION = 20;
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

/** files: [{name, text}]; at: the Date that they are of. Returns the parts of the archive, for a Blob. */
export function zip(files, at) {
  const encoder = new TextEncoder();
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const file of files) {
    const name = encoder.encode(file.name);
    const bytes = encoder.encode(file.text);
    const common = [u16(VERSION), u16(UTF8), u16(0), u16(timeOf(at)), u16(dateOf(at)), u32(crc32(bytes)), u32(bytes.length), u32(bytes.length), u16(name.length), u16(0)];
    const local = joined([u32(0x04034b50), ...common, name, bytes]);
    directory.push(joined([u32(0x02014b50), u16(VERSION), ...common, u16(0), u16(0), u16(0), u32(0), u32(offset), name]));
    parts.push(local);
    offset += local.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = joined([u32(0x06054b50), u16(0), u16(0), u16(files.length), u16(files.length), u32(size), u32(offset), u16(0)]);
  return [...parts, ...directory, end];
}

/** CRC-32 of ISO 3309. */
export function crc32(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) value = TABLE[(value ^ byte) & 0xff] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

function timeOf(at) {
  return (at.getHours() << 11) | (at.getMinutes() << 5) | (at.getSeconds() >> 1);
}

function dateOf(at) {
  return ((at.getFullYear() - 1980) << 9) | ((at.getMonth() + 1) << 5) | at.getDate();
}

function u16(value) {
  return Uint8Array.of(value & 0xff, value >>> 8);
}

function u32(value) {
  return Uint8Array.of(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24);
}

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
