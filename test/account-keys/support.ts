import { expect } from 'vitest';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { dataOf, type Json } from '../support/management.js';
import { type TestApp } from '../support/test-app.js';

export const ACCOUNT_KEYS = '/api/v1/api_keys';
export const CURRENT = '/v1/hubs/current';
export const SECRET = /^hgk_[0-9a-f]{24}_[0-9A-Za-z]{38}$/;
export const MASKED = /^hgk_[0-9a-f]{24}_\*{4}$/;

/** A key, as the account contract knows it. */
export interface AccountKey {
  readonly name: string;
  readonly created: string;
  readonly value: string;
}

/** An error, as the account contract knows it. */
export interface AccountRefusal {
  readonly error: string;
  readonly code: string;
  readonly requestId: string;
  readonly validation_errors?: { readonly loc: unknown[]; readonly msg: string; readonly type: string }[];
}

interface Answer {
  readonly body: unknown;
}

export const pathOf = (name: string): string => `${ACCOUNT_KEYS}/${encodeURIComponent(name)}`;
export const keyIn = ({ body }: Answer): AccountKey => body as AccountKey;
export const keysIn = ({ body }: Answer): AccountKey[] => body as AccountKey[];
export const idOf = ({ value }: AccountKey): string => value.slice(4, 28);

/** What is told, apart from the id of the request. */
export function toldIn({ body }: Answer): Omit<AccountRefusal, 'requestId'> {
  const { requestId, ...told } = body as AccountRefusal;
  expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(Object.keys(told)).toEqual(expect.arrayContaining(['error', 'code']));
  return told;
}

export async function makeKey(caller: Client, name: string): Promise<AccountKey> {
  return keyIn(await caller.post(ACCOUNT_KEYS, { name }).expect(201));
}

export async function readKey(caller: Client, name: string): Promise<AccountKey> {
  return keyIn(await caller.get(pathOf(name)).expect(200));
}

export async function readKeys(caller: Client): Promise<AccountKey[]> {
  return keysIn(await caller.get(ACCOUNT_KEYS).expect(200));
}

/** The key as the management door shows it. */
export async function managed(caller: Client, { value }: Pick<AccountKey, 'value'>): Promise<Json> {
  return dataOf(await caller.get(`${CURRENT}/api-keys/${value.slice(4, 28)}`).expect(200));
}

export async function setReadable(caller: Client, readable_secrets: boolean): Promise<void> {
  await caller.patch(CURRENT, { security: { readable_secrets } }).expect(200);
}

/** How many secrets of the hub are kept. */
export async function keptIn(app: TestApp, { id }: TestHub): Promise<number> {
  const sql = 'SELECT COUNT(*) AS kept FROM api_secret WHERE hub_id = ? AND sealed IS NOT NULL';
  return Number((await app.database.query<{ kept: number }>(sql, [id]))[0]?.kept);
}
