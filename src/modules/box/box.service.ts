import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { authorize, creatorOf, generateSecret, type Mutation, Mutations, type Principal } from '../../access/index.js';
import { Clock } from '../../common/clock.js';
import { newId } from '../../common/ids.js';
import { nameKey } from '../../common/name-key.js';
import { Precondition } from '../../common/precondition.js';
import { type ResourceQuery } from '../../common/query/index.js';
import { bornOf } from '../../database/index.js';
import { ActivityRecorder } from '../activity/index.js';
import { boxAddressOf, boxEdit, boxFacts, componentOf, credentialsOf } from './box-edit.js';
import { CredentialSealer } from './box-credentials.js';
import { shown } from './box-state.js';
import { Box } from './box.entity.js';
import { BoxNotFoundError, NoBoxTokenError } from './box.errors.js';
import { boxIdKey, BoxRepository } from './box.repository.js';
import { type CreateBoxDto, type UpdateBoxDto } from './dto/box.dto.js';
import { type ShownBox } from './dto/box.response.js';

/** A box with the only copy of its new token. */
export interface MadeToken {
  readonly token: string;
  readonly shown: ShownBox;
}

/** Boxes as people administer them; what a box does and shows is the business of the public door's services. */
@Injectable()
export class BoxService {
  constructor(
    private readonly boxes: BoxRepository,
    private readonly sealer: CredentialSealer,
    private readonly mutations: Mutations,
    private readonly activity: ActivityRecorder,
    private readonly clock: Clock,
  ) {}

  async list(principal: Principal, query: ResourceQuery): Promise<ShownBox[]> {
    const now = this.clock.now();
    return (await this.boxes.list(principal.hubId, query)).map((box) => shown(box, now));
  }

  async get(principal: Principal, id: string): Promise<ShownBox> {
    const box = await this.boxes.find(principal.hubId, id);
    if (!box) {
      throw new BoxNotFoundError();
    }
    authorize(principal, 'read', box);
    return shown(box, this.clock.now());
  }

  create(principal: Principal, input: CreateBoxDto): Promise<ShownBox> {
    return this.mutations.run(principal, 'boxes-manage', async (mutation) => {
      const { tx, actor, now } = mutation;
      const box = newBox(mutation, input);
      authorize(actor, 'create', box);
      this.sealer.put(box, credentialsOf(input.credentials) ?? null, now);
      await this.boxes.insert(tx, box);
      await this.activity.recordChange(mutation, 'hub.box.create', componentOf(box), {}, boxFacts(box));
      return shown(box, now);
    });
  }

  /** Credentials are for one address: whoever changes that must bring the new ones, or there are none. */
  update(principal: Principal, id: string, input: UpdateBoxDto, precondition = Precondition.NONE): Promise<ShownBox> {
    return this.change(principal, id, 'hub.box.update', (box, { now }) => {
      precondition.assertHolds(box);
      const { address } = box;
      Object.assign(box, boxEdit(input));
      const credentials = credentialsOf(input.credentials);
      if (credentials !== undefined || box.address !== address) {
        this.sealer.put(box, credentials ?? null, now);
      }
    });
  }

  /** The row stays, marked deleted; its box id is free again, its token opens nothing, and what it told is wiped. */
  delete(principal: Principal, id: string, precondition = Precondition.NONE): Promise<ShownBox> {
    return this.mutations.run(principal, 'boxes-manage', async (mutation) => {
      const box = await this.getEditable(mutation, id, 'delete');
      precondition.assertHolds(box);
      await this.end(mutation, box);
      return shown(box, mutation.now);
    });
  }

  /** Deleted from now on; who calls has asked whether it may be. */
  async end(mutation: Mutation, box: Box): Promise<void> {
    const { tx, now } = mutation;
    const before = boxFacts(box);
    this.sealer.put(box, null, now);
    const gone = { boxIdKey: null, tokenDigest: null, tokenAt: null, deletedAt: now, updatedAt: now };
    Object.assign(box, gone, { revision: box.revision + 1 });
    await this.boxes.update(tx, box);
    await this.boxes.forget(tx, box);
    await this.activity.recordChange(mutation, 'hub.box.delete', componentOf(box), before, {});
  }

  /** A new token for the box to report with; the one before is refused from the commit on. */
  async makeToken(principal: Principal, id: string): Promise<MadeToken> {
    let token = '';
    const changed = await this.change(principal, id, 'hub.box.token.create', (box, { now }) => {
      const made = generateSecret('box', box.id);
      token = made.text;
      Object.assign(box, { tokenDigest: made.digest, tokenAt: now });
    });
    return { token, shown: changed };
  }

  endToken(principal: Principal, id: string): Promise<ShownBox> {
    return this.change(principal, id, 'hub.box.token.delete', (box) => {
      if (box.tokenDigest === null) {
        throw new NoBoxTokenError();
      }
      Object.assign(box, { tokenDigest: null, tokenAt: null });
    });
  }

  /** Which of these ids are live boxes of the hub, for whoever grants rights on them. */
  findIds(tx: EntityManager, hubId: string, ids: readonly string[]): Promise<Set<string>> {
    return this.boxes.findIds(tx, hubId, ids);
  }

  private change(
    principal: Principal,
    id: string,
    event: string,
    edit: (box: Box, mutation: Mutation) => void,
  ): Promise<ShownBox> {
    return this.mutations.run(principal, 'boxes-manage', async (mutation) => {
      const { tx, now } = mutation;
      const box = await this.getEditable(mutation, id, 'update');
      const before = boxFacts(box);
      edit(box, mutation);
      Object.assign(box, { revision: box.revision + 1, updatedAt: now });
      await this.boxes.update(tx, box);
      await this.activity.recordChange(mutation, event, componentOf(box), before, boxFacts(box));
      return shown(box, now);
    });
  }

  private async getEditable({ tx, actor }: Mutation, id: string, action: 'update' | 'delete'): Promise<Box> {
    const box = await this.boxes.find(actor.hubId, id, tx);
    if (!box) {
      throw new BoxNotFoundError();
    }
    authorize(actor, action, box);
    return box;
  }
}

function newBox({ actor, now }: Mutation, input: CreateBoxDto): Box {
  return Object.assign(new Box(), {
    id: newId(now),
    hubId: actor.hubId,
    boxId: input.box_id,
    boxIdKey: boxIdKey(input.box_id),
    name: input.name.trim(),
    nameKey: nameKey(input.name),
    group: input.group ?? null,
    address: boxAddressOf(input.address ?? null),
    tokenDigest: null,
    tokenAt: null,
    properties: input.properties ?? {},
    state: 'unknown' as const,
    stateAt: now,
    runtimeVersion: null,
    lastSeenAt: null,
    revision: 1,
    ...bornOf(creatorOf(actor), now),
  });
}
