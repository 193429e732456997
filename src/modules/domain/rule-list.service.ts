import { createHash, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { creatorOf, type Principal } from '../../access/index.js';
import { DomainRuleList } from './domain-rule-list.entity.js';
import { DomainService } from './domain.service.js';
import { type WriteRuleListDto } from './dto/rule-list.dto.js';
import { type RuleAuthor, RuleChanges, type RuleMutation } from './rule-change.js';
import { readEntries } from './rule-list-entries.js';
import { type RuleListHead, RuleListRepository } from './rule-list.repository.js';
import {
  EntriesTooLongError,
  RuleListInUseError,
  RuleListNotFoundError,
  TooManyEntriesError,
  TooManyRuleListsError,
} from './rule.errors.js';
import { RuleRepository } from './rule.repository.js';

export const LISTS_MAX = 100;
/** Of all domains together: every node keeps them in memory. */
export const ENTRIES_OF_HUB_MAX = 100_000;
/** Of all domains together: they are read again after each change, and once a minute. */
export const ENTRY_BYTES_OF_HUB_MAX = 4_000_000;

type Entries = Pick<DomainRuleList, 'entries' | 'entryCount'>;
const NO_ENTRIES: Entries = { entries: [], entryCount: 0 };

type ListValues = Pick<DomainRuleList, 'name' | 'type' | 'entries' | 'entryCount'>;

/** The lists that the rules of a domain name as `$name`. */
@Injectable()
export class RuleListService {
  constructor(
    private readonly lists: RuleListRepository,
    private readonly rules: RuleRepository,
    private readonly domains: DomainService,
    private readonly changes: RuleChanges,
  ) {}

  async list(principal: Principal, domainName: string): Promise<RuleListHead[]> {
    return this.lists.heads(await this.domains.get(principal, domainName));
  }

  async get(principal: Principal, domainName: string, id: string): Promise<DomainRuleList> {
    const list = await this.lists.get(await this.domains.get(principal, domainName), id);
    if (!list) {
      throw new RuleListNotFoundError();
    }
    return list;
  }

  add(author: RuleAuthor, domainName: string, input: WriteRuleListDto): Promise<DomainRuleList> {
    return this.changes.run(author, domainName, async (change) => {
      const { tx, domain } = change;
      if ((await this.lists.heads(domain, tx)).length >= LISTS_MAX) {
        throw new TooManyRuleListsError(LISTS_MAX);
      }
      const list = newList(change, valuesOf(input));
      await this.assertRoom(change, list, NO_ENTRIES);
      await this.lists.insert(tx, list);
      await change.record('hub.domain.rule-list.create', { list: list.id }, {}, facts(list));
      return list;
    });
  }

  /** Whole, as it is sent. @throws RuleListInUseError for another name or type while rules name it */
  replace(author: RuleAuthor, domainName: string, id: string, input: WriteRuleListDto): Promise<void> {
    return this.changes.run(author, domainName, async (change) => {
      const list = await this.getEditable(change, id);
      const [before, values] = [facts(list), valuesOf(input)];
      if (values.name !== list.name || values.type !== list.type) {
        await this.assertUnused(change, list);
      }
      await this.assertRoom(change, values, list);
      Object.assign(list, values, { updatedAt: change.now });
      await this.lists.update(change.tx, list);
      await change.record('hub.domain.rule-list.update', { list: id }, before, facts(list));
    });
  }

  delete(author: RuleAuthor, domainName: string, id: string): Promise<void> {
    return this.changes.run(author, domainName, async (change) => {
      const list = await this.getEditable(change, id);
      await this.assertUnused(change, list);
      await this.lists.remove(change.tx, list);
      await change.record('hub.domain.rule-list.delete', { list: id }, facts(list), {});
    });
  }

  private async assertUnused({ tx, domain }: RuleMutation, { name }: DomainRuleList): Promise<void> {
    const rules = await this.rules.naming(tx, domain, name);
    if (rules.length > 0) {
      throw new RuleListInUseError(name, rules);
    }
  }

  private async assertRoom({ tx, actor }: RuleMutation, list: Entries, replaced: Entries): Promise<void> {
    const more = list.entryCount - replaced.entryCount;
    if (more > 0 && (await this.lists.entriesOfHub(tx, actor.hubId)) + more > ENTRIES_OF_HUB_MAX) {
      throw new TooManyEntriesError(ENTRIES_OF_HUB_MAX);
    }
    const longer = bytesOf(list) - bytesOf(replaced);
    if (longer > 0 && (await this.lists.entryBytesOfHub(tx, actor.hubId)) + longer > ENTRY_BYTES_OF_HUB_MAX) {
      throw new EntriesTooLongError(ENTRY_BYTES_OF_HUB_MAX);
    }
  }

  private async getEditable({ tx, domain }: RuleMutation, id: string): Promise<DomainRuleList> {
    const list = await this.lists.get(domain, id, tx);
    if (!list) {
      throw new RuleListNotFoundError();
    }
    return list;
  }
}

function valuesOf(input: WriteRuleListDto): ListValues {
  const entries = readEntries(input);
  return { name: input.name, type: input.type, entries, entryCount: entries.length };
}

function bytesOf({ entries }: Entries): number {
  return Buffer.byteLength(JSON.stringify(entries));
}

/** What the audit compares: of the entries their number and a digest, because there may be thousands. */
function facts({ name, type, entries, entryCount }: DomainRuleList): Record<string, unknown> {
  const digest = createHash('sha256').update(JSON.stringify(entries)).digest('hex');
  return { name, type, entries: entryCount, entries_sha256: digest };
}

function newList({ actor, now, domain }: RuleMutation, values: ListValues): DomainRuleList {
  const creator = creatorOf(actor);
  return Object.assign(new DomainRuleList(), values, {
    id: randomUUID(),
    hubId: actor.hubId,
    domainId: domain.id,
    creatorType: creator.type,
    creatorId: creator.id,
    createdAt: now,
    updatedAt: now,
  });
}
