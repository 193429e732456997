import { Injectable } from '@nestjs/common';
import { type PublicAccount, PublicAccounts } from '../activity/index.js';
import { AccountService } from './account.service.js';

/** The people among the users of a hub's activities, for the module of activities, which lies below this one. */
@Injectable()
export class ActivityAccounts extends PublicAccounts {
  constructor(private readonly accounts: AccountService) {
    super();
  }

  findMany(hubId: string, ids: readonly string[]): Promise<readonly PublicAccount[]> {
    return this.accounts.findPublic([hubId], ids);
  }
}
