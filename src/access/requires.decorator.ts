import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import { type Capability } from './capabilities.js';
import { type Scope } from './scopes.js';

/**
 * Whom a route lets in that needs no particular right. `bearer`: any live credential of the door, in its hub.
 * `api-key-header`: the guard of the exchange decides, by Passport's header strategy. `session`: a signed-in person, in
 * no hub. `any-session`: also one who has yet to choose a password. `key-or-session`: a key in its hub, or a person in
 * none. `box`: a box with its token, which opens nothing else.
 */
export type AuthenticatedBy = 'bearer' | 'api-key-header' | 'session' | 'any-session' | 'key-or-session' | 'box';

/** How a route is protected. Every route has exactly one; the application does not start with a route without. */
export type RouteAccess =
  | { readonly kind: 'public' }
  | { readonly kind: 'authenticated'; readonly by: AuthenticatedBy }
  | { readonly kind: 'capability'; readonly capability: Capability }
  | { readonly kind: 'scope'; readonly scope: Scope; readonly right: string };

export const ROUTE_ACCESS = 'hubgate:route-access';

function declare(access: RouteAccess): MethodDecorator & ClassDecorator {
  return applyDecorators(SetMetadata(ROUTE_ACCESS, access), ApiExtension('x-access', access));
}

/** Anybody, without a credential. Say why beside it. */
export const Public = () => declare({ kind: 'public' });

/** Any live credential of the door, or of the kind that is named. */
export const Authenticated = (by: AuthenticatedBy = 'bearer') => declare({ kind: 'authenticated', by });

/** A capability of the caller's role (`@Requires('api-keys-manage')`), or a scope of the key together with a right of its group (`@Requires('read:lists', 'read')`). */
export function Requires(capability: Capability): MethodDecorator & ClassDecorator;
export function Requires(scope: Scope, right: string): MethodDecorator & ClassDecorator;
export function Requires(name: Capability | Scope, right?: string): MethodDecorator & ClassDecorator {
  return right === undefined
    ? declare({ kind: 'capability', capability: name as Capability })
    : declare({ kind: 'scope', scope: name as Scope, right });
}
