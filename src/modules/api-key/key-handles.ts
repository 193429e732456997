import { Injectable } from '@nestjs/common';
import { type Mutation } from '../../access/index.js';
import { canBeAddressed, freeHandle, type Handle, handleOf } from '../../common/handle.js';
import { isPlainText } from '../../common/http/validation.js';
import { NAME_KEY_LENGTH_MAX } from '../../common/name-key.js';
import { type ApiKey } from './api-key.entity.js';
import { HandleTakenError, UnaddressableNameError } from './api-key.errors.js';
import { ApiKeyRepository } from './api-key.repository.js';

/** What names keys at the account door. The hub's row is locked while one is given, so nobody takes it meanwhile. */
@Injectable()
export class KeyHandles {
  constructor(private readonly keys: ApiKeyRepository) {}

  /** From its name, with a number behind it where the name is taken: other doors know no conflict of names. */
  async give({ tx }: Mutation, key: ApiKey): Promise<void> {
    Object.assign(key, await freeHandle(key.name, (handleKey) => this.keys.isHandleTaken(tx, key.hubId, handleKey)));
  }

  /** Its name, or nothing. @throws HandleTakenError when another key is called so */
  async claim({ tx }: Mutation, key: ApiKey): Promise<void> {
    const handle = handleOf(key.name);
    if (!canBeAddressed(handle)) {
      throw new UnaddressableNameError();
    }
    if (await this.keys.isHandleTaken(tx, key.hubId, handle.handleKey)) {
      throw new HandleTakenError(key.name);
    }
    Object.assign(key, handle);
  }
}

/** Reads a handle from a path; null for what no key can be called, which then is not asked of any database. */
export function readHandle(text: string): Handle | null {
  return isPlainText(text, NAME_KEY_LENGTH_MAX) ? handleOf(text) : null;
}
