import { type KeyObject, sign } from 'node:crypto';
import { SigningKeys } from '../../src/modules/auth/index.js';
import { InstallationService } from '../../src/modules/installation/index.js';
import { type TestApp } from './test-app.js';

export type Json = Record<string, unknown>;

/** One part of a token; text goes in as it is, to write what no library would. */
export function part(content: unknown): string {
  return Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)).toString('base64url');
}

/** A token signed with ES256 over whatever it says. */
export function es256(header: unknown, payload: unknown, privateKey: KeyObject): string {
  const signed = `${part(header)}.${part(payload)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

/** What a token says, unverified. */
export function read(token: string): { header: Json; payload: Json } {
  const [header, payload] = token
    .split('.')
    .slice(0, 2)
    .map((text) => JSON.parse(Buffer.from(text, 'base64url').toString()) as Json);
  return { header, payload };
}

/** As if the signing key had been stolen: tokens with changed headers and claims that are signed all the same. */
export function forger(app: TestApp, token: string): (header: Json, claims?: Json) => string {
  const { privateKey } = app.nest.get(SigningKeys).signer();
  const { header, payload } = read(token);
  return (changedHeader, changedClaims = {}) =>
    es256({ ...header, ...changedHeader }, { ...payload, ...changedClaims }, privateKey);
}

export async function issuerOf(app: TestApp): Promise<string> {
  return (await app.nest.get(InstallationService).get()).id;
}
