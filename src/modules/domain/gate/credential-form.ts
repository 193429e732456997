import { type IncomingHttpHeaders } from 'node:http';
import { bearerIn, parseKeySecret, parseSecret } from '../../../access/index.js';
import { type Door } from '../../../common/http/door.js';

const TOKEN = /^eyJ[\w-]*\.[\w-]+\.[\w-]+$/;

/** Whether a request shows something that its door may take for a credential. Whether it is one, the door finds out. */
export function showsCredential(door: Door, { authorization, apikey }: IncomingHttpHeaders): boolean {
  const bearer = bearerIn(authorization) ?? '';
  switch (door) {
    case 'management':
      return parseKeySecret(bearer) !== null || parseSecret('session', bearer) !== null;
    case 'account':
      return parseKeySecret(bearer) !== null;
    case 'public':
      return TOKEN.test(bearer) || parseSecret('box', bearer) !== null || isKey(apikey);
    case 'none':
      return false;
  }
}

function isKey(header: string | readonly string[] | undefined): boolean {
  return typeof header === 'string' && parseKeySecret(header) !== null;
}
