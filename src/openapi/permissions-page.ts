import { CAPABILITIES, holdsCapability, SCOPES } from '../access/index.js';
import { DEFAULT_ROLES } from '../modules/role/index.js';
import { type ApiDocuments } from './documents.js';
import { code, codes, GENERATED, page, table } from './markdown.js';
import { operationsOf, type PublishedOperation } from './operations.js';

const NONE = '–';

/** docs/permissions.md: what each capability and scope opens, who holds it from the start, and what needs neither. */
export function permissionsPage(documents: ApiDocuments): string {
  const operations = operationsOf(documents);
  return page([
    '# Permissions',
    GENERATED,
    'What is *administered* is decided by the capabilities of the role, at `/v1` and `/api/v1`. What *data* is touched is decided by the ' +
      'right of the user group and the scope of the key, both needed, at `/public-api`. A right that nobody gave does ' +
      'not exist.',
    '## Capabilities',
    'The default roles are those that every new hub starts with; `owner` holds every capability, also those of later ' +
      'versions.',
    capabilityTable(operations),
    '## Default roles',
    roleTable(),
    '## Scopes',
    'A scope counts only together with the right of the user group on the list.',
    scopeTable(operations),
    '## Without a capability or scope',
    openTable(operations),
  ]);
}

function capabilityTable(operations: readonly PublishedOperation[]): string {
  const rows = CAPABILITIES.map(({ name, area, caption }) => [
    code(name),
    area,
    caption,
    codes(
      DEFAULT_ROLES.filter(({ capabilities }) => holdsCapability(capabilities, name)).map((role) => role.identifier),
    ),
    named(operations, ({ operation }) => operation['x-required-capability'] === name),
  ]);
  return table(['capability', 'area', 'what it allows', 'default roles', 'operations'], rows);
}

function roleTable(): string {
  const rows = DEFAULT_ROLES.map(({ identifier, name, rank, capabilities: { all, specific } }) => [
    code(identifier),
    name,
    String(rank),
    all ? 'all' : codes(specific) || NONE,
  ]);
  return table(['role', 'name', 'rank', 'capabilities'], rows);
}

function scopeTable(operations: readonly PublishedOperation[]): string {
  const rows = SCOPES.flatMap((scope) => {
    const gated = operations.filter(({ operation }) => operation['x-required-scope'] === scope);
    const rights = [...new Set(gated.map(({ operation }) => operation['x-required-right'] ?? ''))];
    const lines = rights.map((right) => [
      code(scope),
      code(right),
      named(gated, ({ operation }) => operation['x-required-right'] === right),
    ]);
    return lines.length > 0 ? lines : [[code(scope), NONE, NONE]];
  });
  return table(['scope', 'right of the group', 'operations'], rows);
}

function openTable(operations: readonly PublishedOperation[]): string {
  const without = operations.filter(
    ({ operation }) => !operation['x-required-capability'] && !operation['x-required-scope'],
  );
  const rows = without.map(({ name, operation }) => [code(name), callerOf(operation.security)]);
  return table(['operation', 'who may call it'], rows);
}

function callerOf(security: readonly Readonly<Record<string, unknown>>[]): string {
  if (security.length === 0) {
    return 'everybody, without a credential';
  }
  return security.some((one) => 'apiKey' in one) ? 'a live API key, in the header `apiKey`' : 'any live credential';
}

function named(operations: readonly PublishedOperation[], which: (one: PublishedOperation) => boolean): string {
  return codes(operations.filter(which).map(({ name }) => name)) || NONE;
}
