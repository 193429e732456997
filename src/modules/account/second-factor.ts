import { createHmac, randomInt, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Secret, TOTP } from 'otpauth';
import { seal, unseal } from '../../common/crypto/seal.js';
import { Config } from '../../config/index.js';
import { type Account } from './account.entity.js';
import { CodeFailedError, CodeRequiredError } from './account.errors.js';
import { type CodeDto } from './dto/sign-in.dto.js';

const SECRET_BYTES = 20;
const PERIOD_SECONDS = 30;
const DIGITS = 6;
/** Clocks of telephones differ: a code of the step before or after is taken too. */
const WINDOW = 1;
const ISSUER = 'Hubgate';

const RECOVERY_CODES = 10;
const CODE_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const CODE_LENGTH = 16;

/** A secret that was just made: shown once, stored sealed. */
export interface NewTotpSecret {
  readonly secret: string;
  /** `otpauth://…`, as authenticator apps scan it. */
  readonly uri: string;
  readonly sealed: Buffer;
}

/** Codes that were just made: shown once, stored as digests. */
export interface NewRecoveryCodes {
  readonly codes: readonly string[];
  readonly digests: string[];
}

/** One-time codes by RFC 6238, and recovery codes for whoever lost the device. It decides nothing alone: what was used is kept with the account. */
@Injectable()
export class SecondFactor {
  constructor(private readonly config: Config) {}

  newSecret({ id, email }: Account): NewTotpSecret {
    const secret = new Secret({ size: SECRET_BYTES });
    const uri = totpOf(secret, email).toString();
    return { secret: secret.base32, uri, sealed: seal(this.sealKey, Buffer.from(secret.buffer), id) };
  }

  /** The time step whose code this is, if it is later than the last one that was accepted; else null. */
  stepOf(accountId: string, sealed: Buffer, code: string, lastStep: number | null, now: number): number | null {
    if (!/^\d{6}$/.test(code)) {
      return null;
    }
    const secret = new Secret({ buffer: arrayBufferOf(unseal(this.sealKey, sealed, accountId)) });
    const totp = totpOf(secret, '');
    const delta = totp.validate({ token: code, timestamp: now, window: WINDOW });
    const step = delta === null ? null : totp.counter({ timestamp: now }) + delta;
    return step !== null && step > (lastStep ?? -1) ? step : null;
  }

  /**
   * Takes a code for an account that is locked, and notes in it that the code is used. Resolves to whether one was asked
   * for.
   * @throws CodeRequiredError, CodeFailedError
   */
  use(account: Account, code: CodeDto, now: number): boolean {
    if (account.totpConfirmedAt === null || !account.totpSecret) {
      return false;
    }
    if (!hasCode(code)) {
      throw new CodeRequiredError();
    }
    const { id, totpSecret, totpLastStep } = account;
    const step = this.stepOf(id, totpSecret, code.totp ?? '', totpLastStep, now);
    const left = step === null ? this.without(id, account.recoveryCodes ?? [], code.recovery_code ?? '') : null;
    if (step === null && left === null) {
      throw new CodeFailedError();
    }
    account.totpLastStep = step ?? totpLastStep;
    account.recoveryCodes = left ?? account.recoveryCodes;
    return true;
  }

  newRecoveryCodes(accountId: string): NewRecoveryCodes {
    const codes = Array.from({ length: RECOVERY_CODES }, newCode);
    return { codes, digests: codes.map((code) => this.digestOf(accountId, code)) };
  }

  /** What is left once the code was used; null when it is none of them. */
  without(accountId: string, digests: readonly string[], code: string): string[] | null {
    const digest = Buffer.from(this.digestOf(accountId, code));
    const left = digests.filter((one) => {
      const other = Buffer.from(one);
      return other.length !== digest.length || !timingSafeEqual(other, digest);
    });
    return left.length < digests.length ? left : null;
  }

  /** Keyed, so that a copy of the database alone cannot be searched. Case and dashes do not count. */
  private digestOf(accountId: string, code: string): string {
    const plain = code.slice(0, 64).toUpperCase().replaceAll(/[\s-]/g, '');
    return createHmac('sha256', this.config.secret.deriveKey('recovery-codes'))
      .update(`${accountId} ${plain}`)
      .digest('base64');
  }

  private get sealKey(): Buffer {
    return this.config.secret.deriveKey('totp-secrets');
  }
}

export function hasCode({ totp, recovery_code }: CodeDto): boolean {
  return totp !== undefined || recovery_code !== undefined;
}

function totpOf(secret: Secret, label: string): TOTP {
  return new TOTP({ issuer: ISSUER, label, algorithm: 'SHA1', digits: DIGITS, period: PERIOD_SECONDS, secret });
}

function arrayBufferOf(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

/** 80 bits in groups of four, e.g. `K7QX-2MPA-9…`. */
function newCode(): string {
  const letters = Array.from({ length: CODE_LENGTH }, () => CODE_ALPHABET.charAt(randomInt(CODE_ALPHABET.length)));
  return letters.join('').replaceAll(/(.{4})(?=.)/g, '$1-');
}
