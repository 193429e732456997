import { ask } from './http.js';
import { bearer, type Load } from './load/load.js';
import { itemOf } from './world/lists.js';

export const WHOAMI_KEY = '/v1/hubs/current/whoami';
export const WHOAMI_TOKEN = '/public-api/v1/auth/whoami';
const EXCHANGE = '/public-api/v1/auth/token';
const ROWS = '/public-api/v1/lists/list';
const ITEMS = '/public-api/v1/lists/items';

export function get(path: string, credential: string): Load {
  return { path, headers: bearer(credential) };
}

export function exchange(key: string): Load {
  return { path: EXCHANGE, headers: { apiKey: key } };
}

export function readRows(token: string, list: string, take: number, skip = 0): Load {
  return get(`${ROWS}?Name=${list}&SkipRows=${skip}&MaxRows=${take}`, token);
}

export function addRow(token: string, listName: string): Load {
  const body = JSON.stringify({ listName, data: itemOf(1) });
  return { method: 'POST', path: ITEMS, headers: bearer(token), body };
}

/** As an integrator gets one. */
export async function tokenFor(url: string, key: string): Promise<string> {
  return (JSON.parse((await ask(url, exchange(key))).body) as { accessToken: string }).accessToken;
}
