import { type INestApplicationContext } from '@nestjs/common';
import { isoOrNull } from '../common/http/contract.js';
import { isPlainText } from '../common/http/validation.js';
import { InvalidInputError } from '../common/errors/index.js';
import { type Account, ACCOUNT_NAME_LENGTH_MAX, AccountService } from '../modules/account/index.js';
import { answer, type OutputOptions, table } from './output.js';

export interface AccountOptions extends OutputOptions {
  readonly email: string;
}

export interface AccountCreateOptions extends AccountOptions {
  readonly first: string;
  readonly last: string;
  readonly verified?: boolean;
}

export async function createAccount(app: INestApplicationContext, options: AccountCreateOptions): Promise<void> {
  const names = { firstName: nameOf(options.first), lastName: nameOf(options.last) };
  const input = { email: options.email, ...names, verified: options.verified === true };
  const { account, password } = await app.get(AccountService).createWithPassword(input);
  showPassword(options, account, password, `The account ${account.email} was made.`);
}

/** Live accounts, without anything secret. */
export async function listAccounts(app: INestApplicationContext, options: OutputOptions): Promise<void> {
  const accounts = (await app.get(AccountService).list()).map(factsOf);
  const rows = accounts.map((account) => [
    account.id,
    account.email,
    `${account.first_name} ${account.last_name}`.trim() || '-',
    account.verified ? 'yes' : 'no',
    account.two_factor_auth ? 'yes' : 'no',
    account.last_login_at ?? 'never',
  ]);
  answer(options, { accounts }, table([['ID', 'E-MAIL', 'NAME', 'VERIFIED', '2FA', 'LAST SIGN-IN'], ...rows]));
}

export async function verifyAccount(app: INestApplicationContext, options: AccountOptions): Promise<void> {
  const account = await app.get(AccountService).verify(options.email);
  answer(options, { account: factsOf(account) }, [`The address ${account.email} counts as proved.`]);
}

export async function resetPassword(app: INestApplicationContext, options: AccountOptions): Promise<void> {
  const { account, password } = await app.get(AccountService).resetPassword(options.email);
  showPassword(options, account, password, `${account.email} has a new password and is signed out everywhere.`);
}

export async function resetSecondFactor(app: INestApplicationContext, options: AccountOptions): Promise<void> {
  const account = await app.get(AccountService).resetSecondFactor(options.email);
  const done = `${account.email} has no second factor any more and is signed out everywhere.`;
  answer(options, { account: factsOf(account) }, [done]);
}

function showPassword(options: OutputOptions, account: Account, password: string, done: string): void {
  const ends = isoOrNull(account.passwordEndsAt);
  answer(options, { account: factsOf(account), one_time_password: password, one_time_password_ends: ends }, [
    done,
    '',
    `  account id         ${account.id}`,
    `  one-time password  ${password}`,
    `  good until         ${ends ?? ''}`,
    '',
    'It is shown this once. Whoever signs in with it can only choose another password.',
  ]);
}

function nameOf(text: string): string {
  if (text !== '' && !isPlainText(text, ACCOUNT_NAME_LENGTH_MAX)) {
    throw new InvalidInputError(`A name has 1 to ${ACCOUNT_NAME_LENGTH_MAX} characters that can be seen.`);
  }
  return text.trim();
}

function factsOf(account: Account) {
  return {
    id: account.id,
    email: account.email,
    first_name: account.firstName,
    last_name: account.lastName,
    verified: account.verifiedAt !== null,
    two_factor_auth: account.totpConfirmedAt !== null,
    last_login_at: isoOrNull(account.lastLoginAt),
  };
}
