import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const [WIDTH, HEIGHT] = [64, 36];
const [BACK, BAR, DOT] = [
  [0x16, 0x2a, 0x3a],
  [0x3d, 0xa3, 0x5d],
  [0xe0, 0x4f, 0x39],
] as const;

/** What the display shows, as a PNG (RFC 2083): a bar as long as the counter, and a red dot while nothing runs. */
export function picture(counter: number, running: boolean): Buffer {
  const length = Math.max(0, Math.min(WIDTH, Math.round(counter)));
  const colourAt = (x: number, y: number) => {
    if (!running && x >= WIDTH - 6 && y < 6) {
      return DOT;
    }
    return x < length && y > HEIGHT / 2 ? BAR : BACK;
  };
  const rows = Array.from({ length: HEIGHT }, (_, y) => [
    0, // Each row begins with its filter: none.
    ...Array.from({ length: WIDTH }, (_column, x) => colourAt(x, y)).flat(),
  ]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH, 0);
  header.writeUInt32BE(HEIGHT, 4);
  header.set([8, 2, 0, 0, 0], 8); // 8 bits each of red, green and blue
  const data = deflateSync(Buffer.from(rows.flat()));
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
