import { type IssuedToken } from '../access-token.js';

/** A token as v2 answers it. */
export class TokenResponse {
  /** Send it in the header `Authorization`, as `Bearer` and the token. @example eyJhbGciOiJFUzI1NiJ9.e30.c2lnbmF0dXJl */
  accessToken: string;
  /** When it ends, ISO 8601 in UTC. @example 2026-03-01T08:15:00.000Z */
  validUntil: string;

  static from({ token, expiresAt }: IssuedToken): TokenResponse {
    return { accessToken: token, validUntil: new Date(expiresAt).toISOString() };
  }
}

/** A token as v1 answers it: clients in the field read the end under a misspelt name, so both spellings are there. */
export class TokenV1Response extends TokenResponse {
  /** The same as `validUntil`, in the spelling that older clients read. @example 2026-03-01T08:15:00.000Z */
  validUntill: string;

  static override from(issued: IssuedToken): TokenV1Response {
    const { accessToken, validUntil } = TokenResponse.from(issued);
    return { accessToken, validUntill: validUntil, validUntil };
  }
}
