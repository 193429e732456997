import { Injectable } from '@nestjs/common';
import { Mutations, PLATFORM } from '../../access/index.js';
import { Clock } from '../../common/clock.js';
import { EMAIL_LENGTH_MAX, emailKey } from '../../common/email.js';
import { addressBucket, parseAddress } from '../../common/ip/index.js';
import { type Account } from './account.entity.js';
import { CodeFailedError, CodeRequiredError, SignInRefusedError } from './account.errors.js';
import { usableHash } from './account.factory.js';
import { AccountLog } from './account-log.js';
import { AccountRepository } from './account.repository.js';
import { AccountSessionRepository } from './account-session.repository.js';
import { type GiveBack } from './attempt-budget.js';
import { type Client } from './client.decorator.js';
import { type CodeDto, type SignInDto } from './dto/sign-in.dto.js';
import { type HashLane } from './hash-queue.js';
import { PasswordHasher } from './password-hasher.js';
import { hasCode, SecondFactor } from './second-factor.js';
import { type NewSession, SessionService } from './session.service.js';
import { SignInDelays } from './sign-in-delays.js';
import { type AdmittedAttempt, SignInThrottle } from './sign-in-throttle.js';

/** An account whose password was right. */
interface Proven {
  readonly account: Account;
  readonly hash: string;
  /** The same password, hashed with today's parameters; null = it is. */
  readonly renewed: string | null;
}

/**
 * Signing in. Whoever is refused learns nothing about who has an account here: the answers are one, and every path looks
 * the account up once, its addresses once, and hashes once.
 */
@Injectable()
export class SignInService {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly addresses: AccountSessionRepository,
    private readonly sessions: SessionService,
    private readonly hasher: PasswordHasher,
    private readonly factor: SecondFactor,
    private readonly throttle: SignInThrottle,
    private readonly delays: SignInDelays,
    private readonly mutations: Mutations,
    private readonly log: AccountLog,
    private readonly clock: Clock,
  ) {}

  /** @throws SignInRefusedError, CodeRequiredError, CodeFailedError, TooManyAttemptsError */
  async signIn(input: SignInDto, client: Client): Promise<NewSession> {
    this.throttle.begin(client.bucket);
    const key = emailKey(input.email.slice(0, EMAIL_LENGTH_MAX + 1));
    const found = await this.accounts.findByEmailKey(key);
    const known = await this.isKnown(found, client);
    const attempt = this.throttle.admit(client.bucket, key, known);
    try {
      const proven = await this.provePassword(found, input, client, attempt);
      const made = await this.proveCode(proven, input, client, known);
      attempt.giveBack();
      this.log.write('account.login', proven.account.id, client.address, { session: made.session.id });
      return made;
    } catch (error) {
      this.settle(error, attempt, found, client);
      throw error;
    }
  }

  /** Whether this account was signed in to from here before. Asked for every account, also for one that is not there. */
  private async isKnown(account: Account | null, { bucket }: Client): Promise<boolean> {
    const texts = await this.addresses.recentAddresses(account?.id ?? PLATFORM.id);
    const buckets = texts.map((text) => parseAddress(text)).map((address) => address && addressBucket(address));
    return account !== null && buckets.includes(bucket);
  }

  private async provePassword(
    account: Account | null,
    { password }: SignInDto,
    { bucket }: Client,
    { lane, delayMs }: AdmittedAttempt,
  ): Promise<Proven> {
    await this.delays.wait(bucket, delayMs);
    const hash = usableHash(account, this.clock.now());
    const right = await this.hasher.verify(hash, password, lane);
    if (!right || !account || hash === null) {
      throw new SignInRefusedError();
    }
    return { account, hash, renewed: await this.renewed(hash, password, lane) };
  }

  private renewed(hash: string, password: string, lane: HashLane): Promise<string | null> {
    return this.hasher.isOutdated(hash) ? this.hasher.hash(password, lane) : Promise.resolve(null);
  }

  private async proveCode(proven: Proven, code: CodeDto, client: Client, known: boolean): Promise<NewSession> {
    const { account } = proven;
    let giveBack: GiveBack = () => {};
    if (account.totpConfirmedAt !== null) {
      if (!hasCode(code)) {
        throw new CodeRequiredError();
      }
      giveBack = this.throttle.secondFactor(client.bucket, account.id, known);
    }
    const made = await this.begin(proven, code, client);
    giveBack();
    return made;
  }

  /** Decided on the account as it is now: of two sign-ins with one code, one gets in. */
  private begin({ account: { id }, hash, renewed }: Proven, code: CodeDto, client: Client): Promise<NewSession> {
    return this.mutations.announced(PLATFORM.id, async (tx, changed) => {
      const account = await this.accounts.lock(tx, id);
      const now = this.clock.now();
      if (!account || usableHash(account, now) !== hash) {
        throw new SignInRefusedError();
      }
      const secondFactor = this.factor.use(account, code, now);
      account.passwordHash = renewed ?? hash;
      account.lastLoginAt = now;
      await this.accounts.update(tx, account);
      const made = await this.sessions.begin(tx, account, client, secondFactor, now);
      changed({ kind: 'account', id });
      return made;
    });
  }

  /** Only what was a guess counts as one: no failure of ours, and no right password. */
  private settle(error: unknown, attempt: AdmittedAttempt, account: Account | null, client: Client): void {
    const guessed = error instanceof SignInRefusedError || error instanceof CodeFailedError;
    if (!guessed) {
      attempt.giveBack();
    }
    if (guessed || error instanceof CodeRequiredError) {
      this.log.write('account.login.refused', account?.id ?? null, client.address, { code: error.code });
    }
  }
}
