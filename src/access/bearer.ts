const BEARER = /^bearer +([\x21-\x7e]+) *$/i;

/** What an Authorization header shows as its bearer (RFC 6750 §2.1); null for any other header, or none. */
export function bearerIn(header: string | undefined): string | null {
  return header === undefined ? null : (BEARER.exec(header)?.[1] ?? null);
}
