import { Injectable } from '@nestjs/common';
import { type PublicAccount, PublicAccounts } from '../activity/index.js';
import { AccountService } from './account.service.js';
import { PublicAccountResponse } from './dto/public-account.response.js';

/** The people among the users of a hub's activities, for the module of activities, which lies below this one. */
@Injectable()
export class ActivityAccounts extends PublicAccounts {
  constructor(private readonly accounts: AccountService) {
    super();
  }

  async findMany(_hubId: string, ids: readonly string[]): Promise<readonly PublicAccount[]> {
    return (await this.accounts.findByIds(ids)).map((account) => PublicAccountResponse.from(account));
  }
}
