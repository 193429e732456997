import { type NewTotpSecret } from '../second-factor.js';

/** A secret for an authenticator app, which is not asked for until it was confirmed. */
export class TwoFactorSecretResponse {
  /** Base32, for typing in. It is in this answer and never again. @example JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP */
  secret: string;
  /** For a QR code. @example "otpauth://totp/Hubgate:ada%40example.com?issuer=Hubgate&secret=…" */
  uri: string;

  static from({ secret, uri }: NewTotpSecret): TwoFactorSecretResponse {
    return { secret, uri };
  }
}

export class RecoveryCodesResponse {
  /** Each is good once, in place of the app. They are in this answer and never again. @example ["K7QX-2MPA-95JD-TRWZ"] */
  recovery_codes: string[];
}
