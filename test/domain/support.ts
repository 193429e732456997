import { expect } from 'vitest';
import { DomainClaims } from '../../src/modules/domain/index.js';
import { newId } from '../../src/common/ids.js';
import { type Client } from '../support/client.js';
import { type Answer, type Json } from '../support/management.js';
import { type TestApp } from '../support/test-app.js';

export const DOMAINS = '/api/v1/domains';
export const NO_UUID = '00000000-0000-4000-8000-000000000000';

export const domainPath = (name: unknown): string => `${DOMAINS}/${String(name)}`;
export const rulesPath = (name: unknown): string => `${domainPath(name)}/services/rp/rules`;
export const firewallPath = (name: unknown): string => `${rulesPath(name)}/phases/firewall`;
export const rulePath = (name: unknown, uuid: unknown): string => `${firewallPath(name)}/rule/${String(uuid)}`;
export const listsPath = (name: unknown): string => `${rulesPath(name)}/lists`;
export const listPath = (name: unknown, uuid: unknown): string => `${listsPath(name)}/${String(uuid)}`;

/** A rule that no request of a test can match. */
export const FILTER = 'http.request.uri.path eq "/private"';
export const DENY = { firewall: [{ type: 'firewall', action: 'deny', reason: 'private' }] };
export const RULE = { phase: 'firewall', name: 'Block private paths', filter_str: FILTER, actions: DENY };
export const LIST = { name: 'office', type: 'ip', ips: ['192.0.2.0/24', '2001:db8::1'] };

/** A name that nobody else has claimed in this database. */
export const freshName = (): string => `shop-${newId()}.example.com`;

export async function claim(caller: Client, name = freshName()): Promise<string> {
  await caller.post(DOMAINS, { name }).expect(201);
  return name;
}

export async function claimApproved(app: TestApp, caller: Client, name = freshName()): Promise<string> {
  await claim(caller, name);
  await app.nest.get(DomainClaims).approve(name);
  return name;
}

export async function addRule(caller: Client, domain: string, rule: object = RULE): Promise<string> {
  const { body } = await caller.post(firewallPath(domain), rule).expect(201);
  return (body as { uuid: string }).uuid;
}

export async function addList(caller: Client, domain: string, list: object = LIST): Promise<string> {
  const { body } = await caller.post(listsPath(domain), list).expect(201);
  return (body as { uuid: string }).uuid;
}

export async function orderOf(caller: Client, domain: string): Promise<[string, number][]> {
  const { body } = await caller.get(firewallPath(domain)).expect(200);
  return (body as { uuid: string; pos: number }[]).map(({ uuid, pos }) => [uuid, pos]);
}

export interface Problem {
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type: string;
}

/** The error of the account door. */
export interface AccountRefusal {
  readonly error: string;
  readonly code: string;
  readonly requestId?: string;
  readonly validation_errors?: readonly Problem[];
}

export function refusedBy({ body }: Answer): AccountRefusal {
  expect(body).toMatchObject({ error: expect.any(String), code: expect.any(String) });
  return body as AccountRefusal;
}

/** Where the input was wrong, first. */
export function locOf(answer: Answer): readonly (string | number)[] | undefined {
  return refusedBy(answer).validation_errors?.[0]?.loc;
}

/** What a refusal tells, apart from the id of its request. */
export function told(answer: Answer): Json {
  const { requestId: _, ...rest } = refusedBy(answer);
  return { status: answer.status, ...rest };
}
