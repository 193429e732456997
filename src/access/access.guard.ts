import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type FastifyRequest } from 'fastify';
import { doorOfRequest } from '../common/http/door.js';
import { shownPath } from '../common/http/request-path.js';
import { Authenticator } from './authenticator.js';
import { bearerIn } from './bearer.js';
import {
  ChallengedError,
  MissingCapabilityError,
  MissingCredentialError,
  MissingScopeError,
  SessionRequiredError,
  WrongHubError,
} from './access.errors.js';
import { holdsCapability } from './capabilities.js';
import { assertPasswordChosen } from './credential.js';
import { looksLike } from './key-secret.js';
import {
  type AccountPrincipal,
  type BoxPrincipal,
  type HubDomain,
  type Principal,
  type RequestFacts,
} from './principal.js';
import { type AuthenticatedBy, ROUTE_ACCESS, type RouteAccess } from './requires.decorator.js';
import { hasScope } from './scopes.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The domain of a hub at which the request arrived, or null; set before the access guard by the gate of the domains. */
    domain: HubDomain | null;
    /** A rule of that domain lets it through only to where a credential is checked; set with `domain`. */
    challenged: boolean;
    /** Who acts in a hub; set by the access guard. */
    principal?: Principal;
    /** Who is signed in, on routes that are outside hubs; set by the access guard. */
    account?: AccountPrincipal;
    /** Which box reports itself; set by the access guard. */
    box?: BoxPrincipal;
  }
}

/** How every signed token begins: `{"` in base64. */
const TOKEN_START = 'eyJ';
const OUTSIDE_HUBS: readonly AuthenticatedBy[] = ['session', 'any-session', 'key-or-session'];

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
    if (access.kind === 'public') {
      assertNotChallenged(context.switchToHttp().getRequest<FastifyRequest>());
      return true;
    }
    if (access.kind === 'authenticated' && access.by === 'api-key-header') {
      return true;
    }
    return this.admit(context.switchToHttp().getRequest<FastifyRequest>(), access);
  }

  private async admit(request: FastifyRequest, access: RouteAccess): Promise<boolean> {
    const credential = bearerOf(request);
    if (access.kind === 'authenticated' && access.by === 'box') {
      return this.admitBox(request, boxTokenOnly(credential));
    }
    assertNoBoxToken(credential);
    const door = doorOfRequest(request);
    if (door === 'public') {
      const principal = await this.authenticator.authenticateToken(tokenOnly(credential), request);
      return meets(request, principal, access);
    }
    if (door === 'management' && looksLike('session', credential)) {
      const account = await this.authenticator.authenticateSession(credential, request);
      return this.admitPerson(request, account, access);
    }
    const key = door === 'account' ? keyOnly(credential) : credential;
    const principal = await this.authenticator.authenticateKey(key, request);
    return meets(request, principal, access);
  }

  private async admitBox(request: FastifyRequest, token: string): Promise<boolean> {
    const box = await this.authenticator.authenticateBox(token, request.client);
    request.box = { ...box, request: requestFacts(request) };
    return true;
  }

  private admitPerson(request: FastifyRequest, account: AccountPrincipal, access: RouteAccess): boolean {
    if (access.kind === 'authenticated' && OUTSIDE_HUBS.includes(access.by)) {
      if (access.by !== 'any-session') {
        assertPasswordChosen(account.session);
      }
      request.account = { ...account, request: requestFacts(request) };
      return true;
    }
    return meets(request, this.authenticator.enterHub(account, hubHeader(request)), access);
  }
}

/** From here on the request is this principal's, with what the audit says of it. */
export function setPrincipal(request: FastifyRequest, principal: Principal): void {
  request.principal = { ...principal, request: requestFacts(request) };
}

/** Known before it is measured, so that a refusal can be counted as this principal's. */
function meets(request: FastifyRequest, principal: Principal, access: RouteAccess): true {
  setPrincipal(request, principal);
  assertHub(request, principal);
  assertMeets(principal, access);
  return true;
}

function requestFacts({ id, method, url }: FastifyRequest): RequestFacts {
  return { id, method, path: shownPath(url) };
}

function bearerOf(request: FastifyRequest): string {
  const header = request.headers.authorization;
  const credential = bearerIn(header);
  if (credential === null) {
    throw new MissingCredentialError(
      header === undefined
        ? 'Send the header "Authorization: Bearer <credential>".'
        : 'The Authorization header must read "Bearer <credential>".',
    );
  }
  return credential;
}

/** A key at the public door is a common first mistake: say what to do, reveal nothing about the key. */
function tokenOnly(credential: string): string {
  if (looksLike('key', credential)) {
    throw new MissingCredentialError(
      'An API key is no access token: exchange it at GET /public-api/v1/auth/token with the header apiKey.',
    );
  }
  return credential;
}

/** Whoever may do everything else may still not speak for a box. */
function boxTokenOnly(credential: string): string {
  if (looksLike('box', credential)) {
    return credential;
  }
  throw new MissingCredentialError(
    `This is for boxes: send the box token (hgb_…) as the bearer. What was sent is ${kindOf(credential)}.`,
  );
}

/** The account door has one kind of caller. What else is good elsewhere is told so, and not looked up. */
function keyOnly(credential: string): string {
  if (looksLike('session', credential) || credential.startsWith(TOKEN_START)) {
    throw new MissingCredentialError(
      `Send an API key (hgk_…) as the bearer here. What was sent is ${kindOf(credential)}.`,
    );
  }
  return credential;
}

/** In words, by how it begins; says nothing about whether it is good. */
function kindOf(credential: string): string {
  const kinds = [
    ['key', 'an API key'],
    ['session', 'the session of a person'],
  ] as const;
  const known = kinds.find(([kind]) => looksLike(kind, credential))?.[1];
  return known ?? (credential.startsWith(TOKEN_START) ? 'an access token' : 'something else');
}

/** It opens one route, and is told so at every other; that says nothing about whether it is good. */
function assertNoBoxToken(credential: string): void {
  if (looksLike('box', credential)) {
    throw new MissingCredentialError('A box token opens POST /public-api/v1/box/report and nothing else.');
  }
}

/** Where no credential is checked, nobody can show that they have one. */
function assertNotChallenged({ challenged }: FastifyRequest): void {
  if (challenged) {
    throw new ChallengedError('A rule of this host asks for a credential, and this address checks none.');
  }
}

/** Sent twice it is a list, and names no hub. */
function hubHeader(request: FastifyRequest): string | undefined {
  const header = request.headers['x-hub-id'];
  return Array.isArray(header) ? header.join(',') : header;
}

/** A key knows its hub, so the header may be absent; a wrong and an unknown hub read the same. Tokens do without it. */
function assertHub(request: FastifyRequest, principal: Principal): void {
  const hubId = hubHeader(request);
  if (principal.kind !== 'access-token' && hubId !== undefined && hubId !== principal.hubId) {
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
  if (access.kind === 'authenticated' && (access.by === 'session' || access.by === 'any-session')) {
    throw new SessionRequiredError();
  }
}
