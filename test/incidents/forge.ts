import { createHmac, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { SigningKeys } from '../../src/modules/auth/index.js';
import { type TestApp } from '../support/test-app.js';

export type Json = Readonly<Record<string, unknown>>;

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export interface TokenParts {
  readonly header: Json;
  readonly payload: Json;
}

export function partsOf(token: string): TokenParts {
  const [header = '', payload = ''] = token.split('.');
  const read = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString()) as Json;
  return { header: read(header), payload: read(payload) };
}

/** Signs anything with the installation's own key: what is refused then is refused for what it says. */
export function signAsServer(app: TestApp, { header, payload }: TokenParts): string {
  const { privateKey } = app.nest.get(SigningKeys).signer();
  return signWith(privateKey, { header, payload });
}

export function signWith(privateKey: KeyObject, { header, payload }: TokenParts): string {
  const text = `${part(header)}.${part(payload)}`;
  const signature = sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}

export function unsigned({ header, payload }: TokenParts, signature = ''): string {
  return `${part(header)}.${part(payload)}.${signature}`;
}

/** The attack on verifiers that take the algorithm from the token: the public key as the secret of an HMAC. */
export function signedWithPublicKey({ header, payload }: TokenParts, secret: string): string {
  const text = `${part(header)}.${part(payload)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

/** Every way to write the installation's public key down. */
export function publicKeyTexts(app: TestApp): string[] {
  const publicKey = createPublicKey(app.nest.get(SigningKeys).signer().privateKey);
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const jwk = JSON.stringify(publicKey.export({ format: 'jwk' }));
  return [pem, pem.trim(), `\n${pem}`, pem.replaceAll('\n', '\r\n'), jwk];
}

/** The token without these claims, or with others, and properly signed. */
export function reissued(app: TestApp, token: string, payload: Json, header: Json = {}): string {
  const parts = partsOf(token);
  const merged = (original: Json, changed: Json) =>
    Object.fromEntries(Object.entries({ ...original, ...changed }).filter(([, value]) => value !== undefined));
  return signAsServer(app, { header: merged(parts.header, header), payload: merged(parts.payload, payload) });
}
