import { nameKey } from '../../common/name-key.js';
import { type UpdateHubDto } from './dto/hub.dto.js';
import { type Hub } from './hub.entity.js';
import { securityOf } from './hub-security.js';

/** Undefined leaves. What a hub cannot have here (webhooks, billing) was refused or is null, and changes nothing. */
export function applyEdit(hub: Hub, { name, identifier, security }: UpdateHubDto): void {
  const { rotation, ...demands } = security ?? {};
  const policy = { ...hub.security.rotation, ...given(rotation) };
  Object.assign(hub, {
    ...(name !== undefined && { name: name.trim(), nameKey: nameKey(name) }),
    ...(identifier !== undefined && { identifier }),
    security: { ...hub.security, ...given(demands), rotation: policy },
  });
}

/** What the audit compares. */
export function hubFacts({ name, identifier, state, security }: Hub): Record<string, unknown> {
  return { name, identifier, state, security: securityOf(security) };
}

function given<T extends object>(input: T | undefined): Partial<T> {
  const entries = Object.entries(input ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
}
