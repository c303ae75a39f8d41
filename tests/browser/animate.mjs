// Several PNG pictures of one size as one animated PNG. Viewers that don't know the animation show the first.
import { crc32 } from 'node:zlib';

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);

function chunks(png) {
  const found = [];
  for (let at = SIGNATURE.length; at < png.length; at += 12 + png.readUInt32BE(at))
    found.push({ type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + png.readUInt32BE(at)) });
  return found;
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(8 + body.length);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(checksum(body), 4 + body.length);
  return out;
}

const TABLE = Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; ++bit) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});

function checksum(bytes) {  // zlib has it from Node.js 22 on
  if (crc32) return crc32(bytes);
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

// `frames`: [{ png, milliseconds }].
export function animate(frames) {
  const first = chunks(frames[0].png), header = first.find((c) => c.type === 'IHDR').data;
  const control = Buffer.alloc(8);
  control.writeUInt32BE(frames.length, 0);  // then 0: for ever
  const out = [SIGNATURE, chunk('IHDR', header), chunk('acTL', control)];
  let sequence = 0;
  const numbered = (bytes) => {
    const head = Buffer.alloc(4);
    head.writeUInt32BE(sequence++, 0);
    return Buffer.concat([head, bytes]);
  };
  frames.forEach(({ png, milliseconds }, i) => {
    const parts = chunks(png);
    if (!parts.find((c) => c.type === 'IHDR').data.equals(header)) throw new Error(`frame ${i} has another size`);
    const frame = Buffer.alloc(22);
    header.copy(frame, 0, 0, 8);  // width and height, at 0 0
    frame.writeUInt16BE(milliseconds, 16);
    frame.writeUInt16BE(1000, 18);
    out.push(chunk('fcTL', numbered(frame)));
    for (const part of parts.filter((c) => c.type === 'IDAT')) out.push(i ? chunk('fdAT', numbered(part.data)) : chunk('IDAT', part.data));
  });
  out.push(chunk('IEND', Buffer.alloc(0)));
  return Buffer.concat(out);
}
