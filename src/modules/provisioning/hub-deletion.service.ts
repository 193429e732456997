import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type Mutation, Mutations, platformPrincipal, type Principal } from '../../access/index.js';
import { HubAlerts } from '../alert/index.js';
import { HubKeys } from '../api-key/index.js';
import { HubDomains } from '../domain/index.js';
import { HubService } from '../hub/index.js';
import { HUB_DELETION, type Job, type JobFacts, type JobHandler, JobHandlers, JobService } from '../job/index.js';
import { HubBoxes } from '../box/index.js';
import { HubLists } from '../list/index.js';
import { HubMembers } from '../member/index.js';
import { HubNetworks } from '../outbound/index.js';
import { HubVariables } from '../variable/index.js';
import { HubSubscriptions } from '../webhook/index.js';
import { type HubContents, HubInUseError } from './provisioning.errors.js';

/** Keys, members, domains, lists, boxes, variables or subscriptions of one part: short enough never to hold the one writer of SQLite for long. */
const THINGS_AT_ONCE = 10;
const ROWS_AT_ONCE = 500;

/**
 * Ends hubs. From the commit of the request on nobody gets in; what is in the hub is then ended a part at a time, and
 * what is left to do is in the database, so any node goes on after a crash. The audit stays.
 */
@Injectable()
export class HubDeletion implements JobHandler, OnModuleInit {
  constructor(
    private readonly hubs: HubService,
    private readonly keys: HubKeys,
    private readonly members: HubMembers,
    private readonly lists: HubLists,
    private readonly boxes: HubBoxes,
    private readonly domains: HubDomains,
    private readonly variables: HubVariables,
    private readonly alerts: HubAlerts,
    private readonly subscriptions: HubSubscriptions,
    private readonly networks: HubNetworks,
    private readonly jobs: JobService,
    private readonly handlers: JobHandlers,
    private readonly mutations: Mutations,
  ) {}

  onModuleInit(): void {
    this.handlers.register(HUB_DELETION, this);
  }

  /**
   * Begun already, which only the command line can see, it gets another job: the first one may have failed.
   * @throws HubInUseError with what is in it, unless `force`; nothing has changed then
   */
  delete(principal: Principal, force: boolean): Promise<Job> {
    return this.mutations.run(principal, 'hubs-delete', async (mutation) => {
      const { tx, actor } = mutation;
      if (!(await this.hubs.isDeleting(tx, actor.hubId))) {
        await this.begin(mutation, force);
      }
      return this.jobs.queue(mutation, HUB_DELETION, { type: 'hub', id: actor.hubId });
    });
  }

  async work({ hubId }: JobFacts): Promise<'more' | 'done'> {
    for (const rows of [this.lists, this.alerts, this.subscriptions]) {
      if (await rows.wipeSome(hubId, ROWS_AT_ONCE)) {
        return 'more';
      }
    }
    return this.mutations.run(platformPrincipal(hubId), 'hubs-delete', (mutation) => this.endPart(mutation));
  }

  private async begin(mutation: Mutation, force: boolean): Promise<void> {
    const contents = await this.contentsOf(mutation);
    if (!force && Object.values(contents).some((count) => count > 0)) {
      throw new HubInUseError(contents);
    }
    const revoked_invites = await this.members.revokeInvites(mutation);
    await this.hubs.beginDeletion(mutation, { force, ...contents, revoked_invites });
  }

  /** A part may come again after the last one: the process can die before it is known to be done. */
  private async endPart(mutation: Mutation): Promise<'more' | 'done'> {
    if (!(await this.hubs.isDeleting(mutation.tx, mutation.actor.hubId))) {
      return 'done';
    }
    const { keys, members, domains, lists, boxes, variables, subscriptions } = this;
    for (const things of [keys, members, domains, lists, boxes, variables, subscriptions]) {
      if ((await things.endSome(mutation, THINGS_AT_ONCE)) > 0) {
        return 'more';
      }
    }
    await this.networks.endAll(mutation);
    await this.hubs.endDeletion(mutation);
    return 'done';
  }

  /** Beside whoever asks. */
  private async contentsOf(mutation: Mutation): Promise<HubContents> {
    return {
      api_keys: await this.keys.countOthers(mutation),
      members: await this.members.countOthers(mutation),
      lists: await this.lists.count(mutation),
      boxes: await this.boxes.count(mutation),
    };
  }
}
