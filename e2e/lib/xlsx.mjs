// A workbook as a person corrects it: texts in cells are typed over, all else stays.

import { inflateRawSync } from "node:zlib";

const [END, ENTRY, LOCAL] = [0x06054b50, 0x02014b50, 0x04034b50];

/** The same workbook with other texts in the cells that hold exactly these: pairs of old and new. */
export function retyped(book, pairs) {
  const entries = unpacked(book);
  for (const entry of entries.filter(({ name }) => /^xl\/(sharedStrings|worksheets\/.*)\.xml$/.test(name))) {
    let text = entry.content.toString("utf8");
    for (const [old, now] of pairs) text = text.replaceAll(`>${old}<`, `>${now}<`);
    entry.content = Buffer.from(text, "utf8");
  }
  return packed(entries);
}

function unpacked(zip) {
  let at = zip.length - 22;
  while (zip.readUInt32LE(at) !== END) at -= 1;
  const entries = [];
  let next = zip.readUInt32LE(at + 16);
  for (let left = zip.readUInt16LE(at + 10); left > 0; left -= 1) {
    if (zip.readUInt32LE(next) !== ENTRY) throw new Error("this is no zip file");
    const [method, size] = [zip.readUInt16LE(next + 10), zip.readUInt32LE(next + 20)];
    const [name, extra, comment] = [28, 30, 32].map((field) => zip.readUInt16LE(next + field));
    const local = zip.readUInt32LE(next + 42);
    const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const bytes = zip.subarray(from, from + size);
    const path = zip.toString("utf8", next + 46, next + 46 + name);
    entries.push({ name: path, content: method === 8 ? inflateRawSync(bytes) : bytes });
    next += 46 + name + extra + comment;
  }
  return entries;
}

function packed(entries) {
  const [parts, list] = [[], []];
  let at = 0;
  for (const { name, content } of entries) {
    const path = Buffer.from(name, "utf8");
    // Version, names in UTF-8, stored, no time, sum, sizes.
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt16LE(0x0800, 2);
    head.writeUInt16LE(0x21, 8);
    head.writeUInt32LE(crc32(content), 10);
    head.writeUInt32LE(content.length, 14);
    head.writeUInt32LE(content.length, 18);
    head.writeUInt16LE(path.length, 22);
    const before = Buffer.alloc(4);
    before.writeUInt32LE(LOCAL);
    parts.push(before, head, path, content);
    const entry = Buffer.alloc(6);
    entry.writeUInt32LE(ENTRY);
    entry.writeUInt16LE(20, 4);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    list.push(entry, head, place, path);
    at += 30 + path.length + content.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(Buffer.concat(list).length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, ...list, end]);
}

/** ISO 3309. */
function crc32(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}
