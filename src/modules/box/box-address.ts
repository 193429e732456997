/** Where boxes listen (public contract §8). */
export const BOX_PORT = 40404;

const ADDRESS_LENGTH_MAX = 255;
const ADDRESS = /^(?:(https?):\/\/)?(\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::(\d{1,5}))?\/?$/i;

/**
 * Reads `host`, `host:port` or either behind `http://` or `https://`, and gives it back whole and in one spelling:
 * what is shown is what is connected to (`0x7f.1` is `127.0.0.1`). Null for anything else. Whether the server may
 * connect there is decided at each call, by the rules of its administrator.
 */
export function readBoxAddress(text: string): string | null {
  const [, protocol = 'http', host, port = String(BOX_PORT)] =
    text.length <= ADDRESS_LENGTH_MAX ? (ADDRESS.exec(text.trim()) ?? []) : [];
  const written = `${protocol.toLowerCase()}://${host ?? ''}:${port}`;
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535 || !URL.canParse(written)) {
    return null;
  }
  const { hostname } = new URL(written);
  return `${protocol.toLowerCase()}://${hostname}:${Number(port)}`;
}
