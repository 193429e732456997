import { canonicalJson } from '../../../src/common/canonical-json.js';
import { type Answer, bodyOf, type HttpClient } from '../support/http-client.js';
import { type Random } from '../support/random.js';
import { type Json } from './caller.js';
import { nameOf } from './checker.js';
import { tells } from './tells.js';
import { type Finding } from './findings.js';
import { type Facts, type Kind, lastingSecret, lives, type Thing, works } from './history.js';
import { MANAGEMENT, type World } from './world.js';

const PATHS = { role: 'roles', group: 'groups', api_key: 'api-keys', list: 'lists' } as const;
const PAGE = 100;
const AT_ONCE = 8;

type Managed = keyof typeof PATHS;

/** Asks the server itself, as its clients do, whether it tells what the history says. */
export class ApiCheck {
  private readonly asOwner: Readonly<Record<string, string>>;

  constructor(
    private readonly client: HttpClient,
    private readonly world: World,
  ) {
    this.asOwner = { authorization: `Bearer ${world.owner}` };
  }

  /** Some things, some keys and all of it that is cheap. */
  async some(random: Random, count: number): Promise<Finding[]> {
    const things = this.settled().filter(({ kind }) => kind !== 'row');
    const keys = things.filter(({ kind, secrets }) => kind === 'api_key' && secrets.length > 0);
    const found = await Promise.all([
      ...random.sample(things, count).map((thing) => this.one(thing)),
      // The last ones that were revoked are those that a lost write would bring back.
      ...keys
        .filter((key) => !works(key))
        .slice(-count)
        .map((key) => this.credential(key)),
      ...random.sample(keys, count).map((key) => this.credential(key)),
    ]);
    return found.flat();
  }

  /** Every thing that lives, page by page, every row, and every key there ever was. */
  async all(): Promise<Finding[]> {
    const findings: Finding[] = [];
    for (const kind of Object.keys(PATHS) as Managed[]) {
      findings.push(...(await this.whole(kind)));
    }
    for (const list of this.world.lists) {
      findings.push(...(await this.rows(list)));
    }
    const keys = this.settled().filter(({ kind, secrets }) => kind === 'api_key' && secrets.length > 0);
    for (let start = 0; start < keys.length; start += AT_ONCE) {
      const some = keys.slice(start, start + AT_ONCE).map((key) => this.credential(key));
      findings.push(...(await Promise.all(some)).flat());
    }
    return findings;
  }

  private settled(): Thing[] {
    return this.world.history.things.filter(({ id, facts, pending, broken }) => id && facts && !pending && !broken);
  }

  private async one(thing: Thing): Promise<Finding[]> {
    const answer = await this.client.get(`${MANAGEMENT}/${PATHS[thing.kind as Managed]}/${thing.id}`, this.asOwner);
    if (!lives(thing)) {
      return expectStatus(answer, 404, nameOf(thing));
    }
    const wrong = expectStatus(answer, 200, nameOf(thing));
    return wrong.length > 0 ? wrong : differences(thing, bodyOf<{ data: Json }>(answer).data);
  }

  private async whole(kind: Managed): Promise<Finding[]> {
    const told = new Map<string, Json>();
    for (let page = 1; ; page += 1) {
      const path = `${MANAGEMENT}/${PATHS[kind]}?sort=id&page[number]=${page}&page[size]=${PAGE}`;
      const { data } = bodyOf<{ data: Json[] }>(await this.client.get(path, this.asOwner));
      data.forEach((one) => told.set(String(one['id']), one));
      if (data.length < PAGE) {
        break;
      }
    }
    const living = this.settled().filter((thing) => thing.kind === kind && lives(thing));
    const { roleIds, keyIds } = this.world.origin;
    const ids = new Set([...living.map(({ id }) => id ?? ''), ...roleIds, ...keyIds]);
    const strange = [...told.keys()].filter((id) => !ids.has(id));
    return [
      ...living.flatMap((thing) => differences(thing, told.get(thing.id ?? ''))),
      ...strange.map((id): Finding => ({ category: 'answered', detail: `${kind} ${id} is listed and should not be` })),
    ];
  }

  private async rows(list: Thing): Promise<Finding[]> {
    const [{ rowKey }] = this.world.identities as [World['identities'][number]];
    const exchanged = await this.client.get('/public-api/v1/auth/token', { apiKey: lastingSecret(rowKey) });
    const { accessToken: token } = bodyOf<{ accessToken: string }>(exchanged);
    const path = `/public-api/v1/lists/list?Name=${encodeURIComponent(list.marker)}`;
    const answer = await this.client.get(path, { authorization: `Bearer ${token}` });
    const { items } = bodyOf<{ items: { column: string; value: unknown }[][] }>(answer);
    const told = new Map(items.map(([id, ...cells]) => [`${list.id}:${String(id?.value)}`, factsOf(cells)]));
    const living = this.settled().filter((row) => row.list === list && lives(row));
    const wrong = living.filter((row) => canonicalJson(told.get(row.id ?? '')) !== canonicalJson(row.facts));
    const missing = living.length === told.size ? [] : [`${list.marker} has ${told.size} rows, not ${living.length}`];
    return [...wrong.map(nameOf), ...missing].map((detail) => ({ category: 'answered', detail }));
  }

  /** A secret that has not ended opens the door while its key is live; no other does, nor a token of a dead key. */
  private async credential(key: Thing): Promise<Finding[]> {
    const findings: Finding[] = [];
    for (const { text, state } of key.secrets) {
      const answer = await this.client.get(`${MANAGEMENT}/whoami`, { authorization: `Bearer ${text}` });
      const expected = works(key) && state !== 'ended' ? 200 : 401;
      findings.push(...revived(answer, expected, `${nameOf(key)}, ${state} secret`));
    }
    if (key.token && !works(key)) {
      const answer = await this.client.get('/public-api/v1/lists', { authorization: `Bearer ${key.token}` });
      findings.push(...revived(answer, 401, `the token of ${nameOf(key)}`));
    }
    return findings;
  }
}

function expectStatus(answer: Answer | null, status: number, name: string): Finding[] {
  return answer?.status === status
    ? []
    : [{ category: 'answered', detail: `${name}: ${answer?.status ?? 'no answer'} instead of ${status}` }];
}

function revived(answer: Answer | null, status: number, name: string): Finding[] {
  return expectStatus(answer, status, name).map(({ detail }) => ({ category: 'revived', detail }));
}

/** The facts that an answer tells, against the history. */
function differences(thing: Thing, told: Json | undefined): Finding[] {
  if (!told) {
    return [{ category: 'answered', detail: `${nameOf(thing)} is not listed` }];
  }
  const wrong = Object.entries(comparable(thing.kind, told)).filter(
    ([name, value]) => name in (thing.facts ?? {}) && !tells(value, thing.facts?.[name]),
  );
  return wrong.map(([name]) => ({ category: 'answered', detail: `${nameOf(thing)}: the API tells ${name} wrongly` }));
}

function comparable(kind: Kind, { state, columns, ...told }: Json): Json {
  if (kind === 'api_key') {
    return { ...told, state: (state as { current: string }).current };
  }
  return kind === 'list' ? { ...told, columns: (columns as unknown[]).slice(1) } : told;
}

function factsOf(cells: readonly { column: string; value: unknown }[]): Facts {
  const plain = (value: unknown): unknown => (typeof value === 'boolean' ? Number(value) : value);
  return Object.fromEntries(cells.map(({ column, value }) => [column, plain(value)]));
}
