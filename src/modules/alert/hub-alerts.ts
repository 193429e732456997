import { Injectable } from '@nestjs/common';
import { AlertStore } from './alert-store.js';

/** The alerts of a hub all together, for what ends whole hubs. */
@Injectable()
export class HubAlerts {
  constructor(private readonly store: AlertStore) {}

  /** Wipes at most so many, in a transaction of its own; false when none is left. */
  wipeSome(hubId: string, limit: number): Promise<boolean> {
    return this.store.wipeSome(hubId, limit);
  }
}
