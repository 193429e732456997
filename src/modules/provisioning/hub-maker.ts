import { Injectable } from '@nestjs/common';
import { creatorOf, type Mutation } from '../../access/index.js';
import { ActivityRecorder } from '../activity/index.js';
import { type Hub } from '../hub/index.js';
import { type Role, RoleService } from '../role/index.js';

/** What every new hub has, whoever makes it. */
@Injectable()
export class HubMaker {
  constructor(
    private readonly roles: RoleService,
    private readonly activity: ActivityRecorder,
  ) {}

  /** Gives a hub that was just stored its default roles, and records its making. Returns the owner role. */
  async complete(change: Pick<Mutation, 'tx' | 'actor' | 'now'>, hub: Hub): Promise<Role> {
    const { tx, actor, now } = change;
    const after = { name: hub.name, identifier: hub.identifier, state: hub.state };
    await this.activity.recordChange(change, 'hub.create', { type: 'hub', id: hub.id }, {}, after);
    return ownerOf(await this.roles.createDefaults(tx, hub.id, creatorOf(actor), now));
  }
}

function ownerOf(roles: ReadonlyMap<string, Role>): Role {
  const owner = roles.get('owner');
  if (!owner) {
    throw new Error('The default roles lack the owner.');
  }
  return owner;
}
