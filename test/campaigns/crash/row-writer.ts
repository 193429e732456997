import { type Random } from '../support/random.js';
import { type Caller, type Json } from './caller.js';
import { type Facts, lastingSecret, lives, type Thing, type WriteKind } from './history.js';
import { type Identity } from './world.js';

const ITEMS = '/public-api/v1/lists/items';
const TOKEN_LASTS_MS = 5 * 60_000;

/** The rows of one client, in lists of its own and in those that all share. */
export class RowWriter {
  private readonly own: Thing[] = [];
  private token: { readonly text: string; readonly at: number } | null = null;
  private made = 0;

  constructor(
    private readonly caller: Caller,
    private readonly identity: Identity,
    private readonly random: Random,
  ) {}

  /** Nobody knows yet what became of a write to a row of it. */
  inDoubt(list: Thing): boolean {
    return this.own.some((row) => row.list === list && (row.pending !== null || row.broken));
  }

  async step(list: Thing): Promise<boolean> {
    const token = await this.freshToken();
    if (token === null) {
      return false;
    }
    const rows = this.own.filter((row) => row.list === list && lives(row));
    if (rows.length < 5 || this.random.chance(0.5)) {
      return this.add(list, token);
    }
    const row = this.random.pick(rows);
    return this.random.chance(0.35) ? this.remove(row, token) : this.change(row, token);
  }

  private add(list: Thing, credential: string): Promise<boolean> {
    this.made += 1;
    const row = this.caller.history.thing('row', `${this.identity.name}-row-${this.made}`, list);
    this.own.push(row);
    const data = { Mark: row.marker, ...this.valuesFor(list) };
    const learn = (answer: Json): void => {
      const [id] = answer['addedItem'] as { value: number }[];
      row.id = `${list.id}:${id?.value}`;
    };
    return this.write('added', 'POST', row, { data }, stored(list, data), credential, learn);
  }

  private change(row: Thing, credential: string): Promise<boolean> {
    const data = this.valuesFor(row.list as Thing);
    if (Object.keys(data).length === 0) {
      return this.remove(row, credential);
    }
    const after = { ...row.facts, ...stored(row.list as Thing, data, Object.keys(data)) };
    return this.write('changed', 'PUT', row, { rowId: rowIdOf(row), data }, after, credential);
  }

  private remove(row: Thing, credential: string): Promise<boolean> {
    return this.write('deleted', 'DELETE', row, { rowId: rowIdOf(row) }, null, credential);
  }

  private write(
    write: WriteKind,
    method: 'POST' | 'PUT' | 'DELETE',
    row: Thing,
    body: object,
    after: Facts | null,
    credential: string,
    learn?: (answer: Json) => void,
  ): Promise<boolean> {
    const trace = { write, keyId: this.identity.rowKey.id ?? '' };
    const named = { listName: row.list?.marker, ...body };
    const effects = [{ thing: row, after, trace }];
    return this.caller.write({ name: `row ${write}`, method, path: ITEMS, body: named, credential, effects, learn });
  }

  /** New values for all columns but the one that names the row. */
  private valuesFor(list: Thing): Facts {
    const values: Record<string, unknown> = {
      Amount: this.random.below(1_000_000),
      Done: this.random.chance(0.5),
      Note: `note ${this.random.below(2 ** 32).toString(36)}`,
    };
    const columns = columnsOf(list);
    return Object.fromEntries(Object.entries(values).filter(([name]) => columns.includes(name)));
  }

  private async freshToken(): Promise<string | null> {
    if (!this.token || Date.now() - this.token.at > TOKEN_LASTS_MS) {
      const text = await this.caller.exchange(lastingSecret(this.identity.rowKey));
      this.token = text === null ? null : { text, at: Date.now() };
    }
    return this.token?.text ?? null;
  }
}

/** As the slots keep it: a Boolean is 1 or 0. */
function stored(list: Thing, data: Facts, names: readonly string[] = columnsOf(list)): Facts {
  const value = (name: string): unknown => (typeof data[name] === 'boolean' ? Number(data[name]) : data[name]);
  return Object.fromEntries(names.map((name) => [name, value(name)]));
}

function columnsOf({ facts }: Thing): string[] {
  return ((facts?.['columns'] ?? []) as { name: string }[]).map(({ name }) => name);
}

function rowIdOf({ id }: Thing): number {
  return Number(id?.split(':')[1]);
}
