import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type FastifyRequest } from 'fastify';
import { doorOfRequest } from '../common/http/door.js';
import { shownPath } from '../common/http/request-path.js';
import { Authenticator } from './authenticator.js';
import { MissingCapabilityError, MissingCredentialError, MissingScopeError, WrongHubError } from './access.errors.js';
import { holdsCapability } from './capabilities.js';
import { looksLikeKey } from './key-secret.js';
import { type Principal } from './principal.js';
import { ROUTE_ACCESS, type RouteAccess } from './requires.decorator.js';
import { hasScope } from './scopes.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the access guard on every route that is not public. */
    principal?: Principal;
  }
}

const BEARER = /^bearer +([\x21-\x7e]+) *$/i;

/** The one gate: who is asking, through which door, and does the route's declared requirement hold. Denies by default. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const access = this.reflector.get<RouteAccess | undefined>(ROUTE_ACCESS, context.getHandler());
    if (!access) {
      throw new Error(`${context.getClass().name}.${context.getHandler().name} declares no access.`);
    }
    if (access.kind === 'public' || (access.kind === 'authenticated' && access.by === 'api-key-header')) {
      return true;
    }
    return this.admit(context.switchToHttp().getRequest<FastifyRequest>(), access);
  }

  private async admit(request: FastifyRequest, access: RouteAccess): Promise<boolean> {
    const principal = await this.authenticate(request);
    // Known before it is measured, so that a refusal can be counted as this key's.
    setPrincipal(request, principal);
    assertHub(request, principal);
    assertMeets(principal, access);
    return true;
  }

  private async authenticate(request: FastifyRequest): Promise<Principal> {
    const credential = bearerOf(request);
    if (doorOfRequest(request) === 'public') {
      return this.authenticator.authenticateToken(tokenOnly(credential), request.client);
    }
    return this.authenticator.authenticateKey(credential, request.client);
  }
}

/** From here on the request is this principal's, with what the audit says of it. */
export function setPrincipal(request: FastifyRequest, principal: Principal): void {
  const { id, method, url } = request;
  request.principal = { ...principal, request: { id, method, path: shownPath(url) } };
}

function bearerOf(request: FastifyRequest): string {
  const header = request.headers.authorization;
  const match = header === undefined ? null : BEARER.exec(header);
  if (!match) {
    throw new MissingCredentialError(
      header === undefined
        ? 'Send the header "Authorization: Bearer <credential>".'
        : 'The Authorization header must read "Bearer <credential>".',
    );
  }
  return match[1];
}

/** A key at the public door is a common first mistake: say what to do, reveal nothing about the key. */
function tokenOnly(credential: string): string {
  if (looksLikeKey(credential)) {
    throw new MissingCredentialError(
      'An API key is no access token: exchange it at GET /public-api/v1/auth/token with the header apiKey.',
    );
  }
  return credential;
}

/** A key knows its hub, so the header may be absent; a wrong and an unknown hub read the same. Tokens do without it. */
function assertHub(request: FastifyRequest, principal: Principal): void {
  const hubId = request.headers['x-hub-id'];
  if (principal.kind === 'api-key' && hubId !== undefined && hubId !== principal.hubId) {
    throw new WrongHubError();
  }
}

/** The requirement on the *type* (a token is for data only, whatever its key's role may); instances are asked about in the service, by `authorize`. */
function assertMeets(principal: Principal, access: RouteAccess): void {
  const { capabilities } = principal.record.role;
  const administers = principal.kind !== 'access-token';
  if (access.kind === 'capability' && !(administers && holdsCapability(capabilities, access.capability))) {
    throw new MissingCapabilityError(access.capability);
  }
  if (access.kind === 'scope' && !hasScope(principal.scopes, access.scope)) {
    throw new MissingScopeError(access.scope);
  }
}
