import { type INestApplicationContext } from '@nestjs/common';
import { maskKey, platformPrincipal, type Principal, scopeNames } from '../access/index.js';
import { Clock } from '../common/clock.js';
import { isoOrNull } from '../common/http/contract.js';
import { validationPipe } from '../common/http/body-pipe.js';
import { MAX_PAGE_SIZE } from '../common/query/index.js';
import { type ApiKey, ApiKeyService, CreateApiKeyDto, SecretService } from '../modules/api-key/index.js';
import { HubService } from '../modules/hub/index.js';
import { endOf, findGroupId, findRoleId, pageOf, secondsOf } from './key-input.js';
import { answer, type OutputOptions, table } from './output.js';

export interface KeyOptions extends OutputOptions {
  readonly hub: string;
}

export interface KeyCreateOptions extends KeyOptions {
  readonly name: string;
  readonly role: string;
  readonly group?: string;
  readonly scope?: string[];
  readonly ip?: string[];
  readonly expires?: string;
}

export interface KeyRotateOptions extends KeyOptions {
  readonly key: string;
  readonly overlap?: string;
}

export interface KeyRevokeOptions extends KeyOptions {
  readonly key: string;
  readonly created?: boolean;
}

/** The same rules as over HTTP, decided by the same code; only the ceiling does not bind whoever owns the database. */
export async function createKey(app: INestApplicationContext, options: KeyCreateOptions): Promise<void> {
  const platform = await platformOf(app, options);
  const wanted = {
    name: options.name,
    role_id: await findRoleId(app, platform, options.role),
    group_id: options.group === undefined ? null : await findGroupId(app, platform, options.group),
    scopes: options.scope ?? [],
    ips: options.ip ?? null,
    expires_at: endOf(options.expires, app.get(Clock).now()),
  };
  const metadata = { type: 'body', metatype: CreateApiKeyDto } as const;
  const input = (await validationPipe().transform(wanted, metadata)) as CreateApiKeyDto;
  const { key, secret } = await app.get(ApiKeyService).create(platform, input);
  answer(options, { hub: { id: key.hubId }, api_key: { id: key.id, secret } }, [
    `The key "${key.name}" was made.`,
    '',
    `  key id  ${key.id}`,
    `  key     ${secret}`,
    '',
    'The key is shown this once and cannot be read again.',
  ]);
}

/** Live and inactive keys, masked. */
export async function listKeys(app: INestApplicationContext, options: KeyOptions): Promise<void> {
  const platform = await platformOf(app, options);
  const keys = app.get(ApiKeyService);
  const found = [];
  for (let number = 1, full = true; full; number += 1) {
    const page = await keys.list(platform, pageOf(number));
    found.push(...page);
    full = page.length === MAX_PAGE_SIZE;
  }
  const roles = await keys.rolesOf(platform, found);
  const facts = found.map((key) => {
    const role = roles.find(({ id }) => id === key.roleId)?.identifier ?? '';
    return { ...keyFacts(key, role), last_used_at: isoOrNull(key.lastUsedAt), last_used_address: key.lastUsedAddress };
  });
  const rows = facts.map((key) => [
    key.id,
    key.name,
    key.state,
    key.role.identifier,
    key.scopes.join(' ') || '-',
    key.ips?.join(' ') ?? 'anywhere',
    key.expires_at ?? 'never',
    key.last_used_at ?? 'never',
  ]);
  const head = ['ID', 'NAME', 'STATE', 'ROLE', 'SCOPES', 'FROM', 'ENDS', 'LAST USED'];
  answer(options, { api_keys: facts }, table([head, ...rows]));
}

/** A new secret, shown once; the old one goes on for the overlap. */
export async function rotateKey(app: INestApplicationContext, options: KeyRotateOptions): Promise<void> {
  const platform = await platformOf(app, options);
  const overlap = options.overlap === undefined ? undefined : secondsOf(options.overlap);
  const { made, replaced, text } = await app.get(SecretService).rotate(platform, options.key, overlap);
  const end = isoOrNull(replaced?.secret.endsAt ?? null);
  const { id, keyId, hubId } = made.secret;
  const old = replaced && { id: replaced.secret.id, ends_at: end };
  answer(options, { hub: { id: hubId }, api_key: { id: keyId, secret: text }, secret: { id }, replaced: old }, [
    'The key has a new secret.',
    '',
    `  key id  ${keyId}`,
    `  key     ${text}`,
    '',
    'It is shown this once and cannot be read again.',
    ...(end === null ? [] : [`The old one ends at ${end}.`]),
  ]);
}

/** The key and its tokens are dead at once here, and within a second on running servers. */
export async function revokeKey(app: INestApplicationContext, options: KeyRevokeOptions): Promise<void> {
  const platform = await platformOf(app, options);
  const fate = options.created ? 'revoke' : 'keep';
  const { key, created } = await app.get(ApiKeyService).delete(platform, options.key, fate);
  const api_keys = created.map(({ id, name, state }) => ({ id, name, state }));
  answer(options, { hub: { id: key.hubId }, api_key: { id: key.id, state: key.state }, created: { api_keys } }, [
    `The key "${key.name}" (${key.id}) is revoked, and so are its access tokens.`,
    ...createdLines(created, options),
  ]);
}

function createdLines(created: readonly ApiKey[], options: KeyRevokeOptions): string[] {
  if (created.length === 0) {
    return ['No key that it had made was left.'];
  }
  const count = created.length === 1 ? '1 key' : `${created.length} keys`;
  const rows = created.map(({ id, name, state }) => [id, name, state]);
  return [
    options.created ? `Ended with it, as made by it: ${count}.` : `Made by it and still live: ${count}.`,
    '',
    ...table([['ID', 'NAME', 'STATE'], ...rows]),
  ];
}

async function platformOf(app: INestApplicationContext, { hub }: KeyOptions): Promise<Principal> {
  return platformPrincipal((await app.get(HubService).get(hub)).id);
}

function keyFacts(key: ApiKey, identifier: string) {
  return {
    id: key.id,
    name: key.name,
    secret: maskKey(key.id),
    state: key.state,
    role: { id: key.roleId, identifier },
    group_id: key.groupId,
    scopes: scopeNames(key.scopes),
    ips: key.ips,
    expires_at: isoOrNull(key.expiresAt),
  };
}
