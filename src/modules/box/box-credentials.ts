import { Injectable } from '@nestjs/common';
import { seal, unseal } from '../../common/crypto/seal.js';
import { Config } from '../../config/index.js';
import { type Box, type CredentialsKind } from './box.entity.js';

/** How the hub signs in at a box. */
export type BoxCredentials = { readonly user: string; readonly password: string } | { readonly token: string };

/** Keeps credentials sealed: what was sealed for one box of one hub opens for no other. Nobody is ever shown them. */
@Injectable()
export class CredentialSealer {
  readonly #key: Buffer;

  constructor(config: Config) {
    this.#key = config.secret.deriveKey('box-credentials');
  }

  /** Null takes them away. */
  put(box: Box, credentials: BoxCredentials | null, now: number): void {
    box.credentialsKind = credentials && kindOf(credentials);
    box.credentialsAt = credentials && now;
    box.sealedCredentials = credentials && seal(this.#key, Buffer.from(JSON.stringify(credentials)), contextOf(box));
  }

  /** The value of the Authorization header for a call of the box, or null without credentials. */
  authorizationFor(box: Pick<Box, 'hubId' | 'id' | 'sealedCredentials'>): string | null {
    if (!box.sealedCredentials) {
      return null;
    }
    const plain = unseal(this.#key, box.sealedCredentials, contextOf(box)).toString();
    const credentials = JSON.parse(plain) as BoxCredentials;
    return 'token' in credentials
      ? `Bearer ${credentials.token}`
      : `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`;
  }
}

function kindOf(credentials: BoxCredentials): CredentialsKind {
  return 'token' in credentials ? 'token' : 'password';
}

function contextOf({ hubId, id }: Pick<Box, 'hubId' | 'id'>): string {
  return `box:${hubId}:${id}`;
}
