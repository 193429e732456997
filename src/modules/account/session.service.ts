import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Account } from './account.entity.js';
import { AccountSessionRepository } from './account-session.repository.js';

/** Who is signed in. What ends a session ends it on every node. */
@Injectable()
export class SessionService {
  constructor(private readonly sessions: AccountSessionRepository) {}

  /** Ends every session of an account, in the transaction of the change that asks for it. */
  async endAll(tx: EntityManager, { id }: Account, now: number): Promise<void> {
    const live = await this.sessions.listLive(id, now, tx);
    await this.sessions.end(
      tx,
      id,
      live.map((session) => session.id),
      now,
    );
  }
}
