import { describe, expect, it } from 'vitest';
import { newId } from '../../src/common/ids.js';
import { ActivityIncluder } from '../../src/modules/activity/activity-includes.js';
import { type ActivityRepository, type StoredActivity } from '../../src/modules/activity/activity.repository.js';
import { type PublicAccount, PublicAccounts } from '../../src/modules/activity/index.js';

const [HUB, ADA, BOT, GONE] = [newId(), newId(), newId(), newId()];
const by = (actorType: string, actorId: string): StoredActivity => ({
  id: newId(),
  hubId: HUB,
  event: 'hub.update',
  status: 'success',
  actorType,
  actorId,
  componentType: null,
  componentId: null,
  body: '{}',
});

class Directory extends PublicAccounts {
  readonly asked: unknown[] = [];

  findMany(hubId: string, ids: readonly string[]): Promise<readonly PublicAccount[]> {
    this.asked.push([hubId, ids]);
    const ada = {
      id: ADA,
      name: { first: 'Ada', last: 'L' },
      email: { address: 'a@b' },
      two_factor_auth: { verified: true },
    };
    return Promise.resolve(ids.includes(ADA) ? [ada] : []);
  }
}

const nothing = { names: () => Promise.resolve([]) } as unknown as ActivityRepository;

describe('the users of activities', () => {
  it('are asked for once each, and only where they are accounts', async () => {
    const directory = new Directory();
    const rows = [by('account', ADA), by('api-key', BOT), by('account', ADA), by('account', GONE)];
    const found = await new ActivityIncluder(nothing, directory).find(HUB, rows, ['users']);

    expect(directory.asked).toEqual([[HUB, [ADA, GONE]]]);
    expect(found).toEqual({ users: { accounts: { [ADA]: expect.objectContaining({ id: ADA }) } } });
  });

  it('cost no look-up where only keys acted', async () => {
    const directory = new Directory();
    const found = await new ActivityIncluder(nothing, directory).find(HUB, [by('api-key', BOT)], ['users']);

    expect([directory.asked, found]).toEqual([[], { users: { accounts: {} } }]);
  });
});
