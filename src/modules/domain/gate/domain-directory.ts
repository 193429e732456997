import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { DomainDirectory, type HubDomain } from '../../../access/index.js';
import { Domain } from '../domain.entity.js';

/** Tells the access core which hosts are a hub's. */
@Injectable()
export class HubDomainDirectory extends DomainDirectory {
  isApproved(tx: EntityManager, { id, hubId, name }: HubDomain): Promise<boolean> {
    return tx.existsBy(Domain, { id, hubId, approvedName: name });
  }

  hasApproved(tx: EntityManager, hubId: string): Promise<boolean> {
    return tx.existsBy(Domain, { hubId, state: 'approved' });
  }
}
