import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import {
  AbilityFactory,
  allowedIds,
  assertUsable,
  authorizeRows,
  BadCredentialError,
  hasScope,
  holdsCapability,
  LIST_ROWS,
  type ListRight,
  mayWriteColumn,
  MissingCapabilityError,
  MissingRightError,
  MissingScopeError,
  type Principal,
  PrincipalDirectory,
} from '../../access/index.js';
import { Clock } from '../../common/clock.js';
import { parseAddress } from '../../common/ip/index.js';
import { type ImportColumn, type ImportMode, type ListImport } from './list-import.entity.js';
import { ReadOnlyColumnsError, SessionCannotImportError } from './list-import.errors.js';

const RIGHTS: Readonly<Record<ImportMode, readonly ListRight[]>> = {
  append: ['add'],
  replace: ['clear', 'add'],
  create: ['add'],
};

/** What is to be written: into a list that is there, or into one that is to be made. */
export type ImportTarget =
  { readonly mode: 'append' | 'replace'; readonly listId: string } | { readonly mode: 'create' };

/** Who may import what: asked when the file comes, and again for each part of the work. */
@Injectable()
export class ImportActors {
  constructor(
    private readonly directory: PrincipalDirectory,
    private readonly abilities: AbilityFactory,
    private readonly clock: Clock,
  ) {}

  /** @throws ForbiddenError that says what is missing */
  assertMay(principal: Principal, target: ImportTarget): void {
    if (principal.kind === 'session') {
      throw new SessionCannotImportError();
    }
    if (!holdsCapability(principal.record.role.capabilities, 'lists-manage')) {
      throw new MissingCapabilityError('lists-manage');
    }
    if (!hasScope(principal.scopes, 'write:lists')) {
      throw new MissingScopeError('write:lists');
    }
    if (target.mode === 'create') {
      assertMayEverywhere(principal);
      return;
    }
    for (const right of RIGHTS[target.mode]) {
      authorizeRows(principal, right, { hubId: principal.hubId, listId: target.listId });
    }
  }

  /** @throws ReadOnlyColumnsError */
  assertColumns(principal: Principal, listId: string, columns: readonly ImportColumn[]): void {
    const rows = { hubId: principal.hubId, listId };
    const closed = columns.filter(({ id }) => id !== null && !mayWriteColumn(principal, 'add', rows, id));
    if (closed.length > 0) {
      throw new ReadOnlyColumnsError(closed.map(({ name }) => name));
    }
  }

  /** Whoever asked for the import, as the database knows them now. @throws AppError when they may not do it any more */
  async admitted(tx: EntityManager, asked: ListImport): Promise<Principal> {
    const principal = await this.whoAsked(asked, tx);
    if (!principal) {
      throw new BadCredentialError('The API key is not valid.');
    }
    assertUsable(principal.record, this.clock.now(), principal);
    this.assertMay(principal, asked);
    this.assertColumns(principal, asked.listId, asked.mode === 'create' ? [] : asked.columns);
    return principal;
  }

  /** Whether they still may, or not. Null when their secret is gone. */
  async whoAsked(asked: ListImport, tx: EntityManager): Promise<Principal | null> {
    const record = await this.directory.findBySecretId(asked.credentialId, tx);
    return (
      record && {
        kind: 'api-key',
        hubId: asked.hubId,
        // At which host it was asked for was decided then; the work itself comes in at none.
        record: { ...record, requiresDomain: false },
        scopes: record.scopes,
        ability: this.abilities.for('api-key', record, record.scopes),
        expiresAt: null,
        address: asked.address === null ? null : parseAddress(asked.address),
        domain: null,
        request: asked.request,
      }
    );
  }
}

/** A new list has no id yet that an entry could name. */
function assertMayEverywhere(principal: Principal): void {
  if (allowedIds(principal, 'add', LIST_ROWS, 'listId') !== null) {
    throw new MissingRightError('add');
  }
}
