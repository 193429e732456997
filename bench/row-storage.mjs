/**
 * Measures candidate storages for the rows of user-defined lists (docs/decisions/0003-row-storage.md).
 *
 *   node bench/row-storage.mjs --rows 1000000 --database sqlite:PATH
 *   node bench/row-storage.mjs --rows 1000000 --database mariadb://root@127.0.0.1:3306/hubgate_rowbench
 *
 * Options: --rounds 5 (alternated rounds), --tables 10000 (tables created to price a table per list).
 * The SQLite file or the database must not exist yet; it is created, filled and removed at the end.
 *
 * Candidates: A32 = 32 number + 32 text slots, A64 = 64 + 64 slots, A-id24 = A32 keyed by two 24-character ids,
 * A-wr = A32 and its index tables WITHOUT ROWID (SQLite only), B = JSON document, C = a table per list (the native
 * table every SELECT is compared with). A and B share narrow index tables; C has native secondary indexes.
 */
import { existsSync, rmSync, statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DatabaseSync } from '@photostructure/sqlite';
import mysql from 'mysql2/promise';

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    database: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    tables: { type: 'string', default: '10000' },
  },
});
const ROWS = Number(options.rows);
const ROUNDS = Number(options.rounds);
const NUMBERS = ['amount', 'qty', 'customer', 'rating', 'done', 'urgent'];
const TEXTS = ['title', 'category', 'email', 'note'];
const COLUMNS = [...NUMBERS, ...TEXTS];
const HUB = 'a'.repeat(24);
const listId = (no) => no.toString(16).padStart(24, '0');
/** Every 1 000 row ids one is missing (deleted); list 4 stands alone in the small tables. */
const GAP = 1000;
const LISTS = { big: { 1: ROWS, 2: 100_000, 3: 10_000 }, small: { 4: 1000 } };
const slot = (column) =>
  NUMBERS.includes(column) ? `n${NUMBERS.indexOf(column) + 1}` : `s${TEXTS.indexOf(column) + 1}`;
const range = (count, make) => Array.from({ length: count }, (_, index) => make(index));

// --- the two databases behind one small interface -------------------------------------------------------------------

function openSqlite(path) {
  if (existsSync(path)) {
    throw new Error('the SQLite file exists already');
  }
  const open = () => {
    const made = new DatabaseSync(path);
    made.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536; PRAGMA foreign_keys=ON');
    return made;
  };
  const database = open();
  const cache = new Map();
  const prepare = (sql) => cache.get(sql) ?? cache.set(sql, database.prepare(sql)).get(sql);
  return {
    sqlite: true,
    open,
    types: { text: 'text', id: 'char(24)', end: '', withoutRowid: ' WITHOUT ROWID' },
    exec: async (sql) => database.exec(sql),
    all: async (sql, params = []) => prepare(sql).all(...params),
    run: async (sql, params = []) => prepare(sql).run(...params),
    bytes: (column) => `substr(CAST(${column} AS BLOB), 1, 255)`,
    json: (name) => `json_extract(data, '$.${name}')`,
    close: async () => {
      database.close();
      console.log(`file: ${Math.round(statSync(path).size / 1e6)} MB`);
      ['', '-wal', '-shm'].forEach((end) => rmSync(path + end, { force: true }));
    },
  };
}

async function openMariadb(url) {
  const { hostname: host, port, username: user, password, pathname } = new URL(url);
  const connection = await mysql.createConnection({ host, port: Number(port || 3306), user, password });
  const name = pathname.slice(1);
  await connection.query(`CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  await connection.query(`USE \`${name}\``);
  return {
    sqlite: false,
    name,
    types: { text: 'mediumtext', id: 'char(24) CHARACTER SET ascii', end: ' ENGINE=InnoDB', withoutRowid: '' },
    exec: (sql) => connection.query(sql),
    all: async (sql, params = []) => (await connection.execute(sql, params))[0],
    run: (sql, params = []) => connection.execute(sql, params),
    bytes: (column) => `LEFT(CAST(${column} AS BINARY), 255)`,
    json: (name) => `json_value(data, '$.${name}')`,
    close: async () => {
      await connection.query(`DROP DATABASE \`${name}\``);
      await connection.end();
    },
  };
}

// --- tables ---------------------------------------------------------------------------------------------------------

const slots = (count, types) =>
  [...range(count, (i) => `n${i + 1} double`), ...range(count, (i) => `s${i + 1} ${types.text}`)].join(', ');
const ownTable = (size, no) => `${size}_list_${no}`;
/** The hub finds its list in the same statement (a row is reached only through its hub); pins the join order everywhere. */
const through = (table, size, as = 'r') =>
  `FROM ${size}_${table} ${as} WHERE ${as}.list_no = (SELECT no FROM ${size}_list WHERE hub_id = ? AND id = ?)`;

function shared(size, { types }, end, suffix) {
  const index = (kind, value) =>
    `CREATE TABLE ${size}_index_${kind}${suffix} (list_no int NOT NULL, slot smallint NOT NULL, has_value smallint NOT NULL,
      value ${value} NOT NULL, row_id int NOT NULL, PRIMARY KEY (list_no, slot, has_value, value, row_id),
      FOREIGN KEY (list_no) REFERENCES ${size}_list (no))${end}${types.end}`;
  return [index('number', 'double'), index('text', 'varbinary(255)')];
}

function tables(size, db) {
  const { id, text, end, withoutRowid } = db.types;
  const byNumber = `PRIMARY KEY (list_no, row_id), FOREIGN KEY (list_no) REFERENCES ${size}_list (no)`;
  const byIds = `PRIMARY KEY (hub_id, list_id, row_id), FOREIGN KEY (hub_id, list_id) REFERENCES ${size}_list (hub_id, id)`;
  const row = (name, columns, key, tail = '') =>
    `CREATE TABLE ${size}_${name} (list_no int NOT NULL, row_id int NOT NULL, ${columns}, ${key})${tail}${end}`;
  return [
    `CREATE TABLE ${size}_list (no int NOT NULL PRIMARY KEY, hub_id ${id} NOT NULL, id ${id} NOT NULL,
      last_row_id int NOT NULL, UNIQUE (hub_id, id))${end}`,
    `CREATE TABLE ${size}_activity (list_no int NOT NULL, row_id int NOT NULL, what varchar(20) NOT NULL)${end}`,
    `CREATE TABLE ${size}_gap (list_no int NOT NULL, block int NOT NULL, missing int NOT NULL, PRIMARY KEY (list_no, block))${end}`,
    ...shared(size, db, '', ''),
    ...(db.sqlite ? shared(size, db, withoutRowid, '_wr') : []),
    row('A32', slots(32, db.types), byNumber),
    row('A64', slots(64, db.types), byNumber),
    row('Aid24', slots(32, db.types), byIds).replace(
      'list_no int NOT NULL',
      `hub_id ${id} NOT NULL, list_id ${id} NOT NULL`,
    ),
    ...(db.sqlite ? [row('Awr', slots(32, db.types), byNumber, withoutRowid)] : []),
    row('B', `data ${text} NOT NULL`, byNumber),
  ];
}

const nativeTable = (name, { types }) =>
  `CREATE TABLE ${name} (row_id int NOT NULL PRIMARY KEY, ${NUMBERS.map((c) => `${c} double`).join(', ')},
    ${TEXTS.map((c) => `${c} ${types.text}`).join(', ')})${types.end}`;

// --- candidates: how a row is read and written ----------------------------------------------------------------------

const slotList = COLUMNS.map((column) => `r.${slot(column)} AS ${column}`).join(', ');
const marks = (count) => range(count, () => '?').join(', ');

function slotted(name, table, indexes = '') {
  const byIds = table === 'Aid24';
  const where = (size) => (byIds ? `FROM ${size}_Aid24 r WHERE r.hub_id = ? AND r.list_id = ?` : through(table, size));
  const target = [...(byIds ? ['hub_id', 'list_id'] : ['list_no']), 'row_id', ...COLUMNS.map(slot)];
  const owner = (no) => (byIds ? [HUB, listId(no)] : [no]);
  return {
    name,
    indexes,
    where,
    keys: (no) => [HUB, listId(no)],
    columns: `r.row_id, ${slotList}`,
    insert: (size) => `INSERT INTO ${size}_${table} (${target}) VALUES (${marks(target.length)})`,
    values: (no, id, row) => [...owner(no), id, ...COLUMNS.map((column) => row[column])],
    copy: (size, no) => `INSERT INTO ${size}_${table} (${target})
      SELECT ${byIds ? `'${HUB}', '${listId(no)}'` : no}, row_id, ${COLUMNS} FROM ${ownTable(size, no)}`,
    source: (no) =>
      `(SELECT r.row_id, ${slotList} ${where('big')
        .replace('?', `'${HUB}'`)
        .replace('?', `'${listId(no)}'`)})`,
    rows: (found) => found,
  };
}

function document(db) {
  const fields = COLUMNS.map((column) => `'${column}', ${column}`).join(', ');
  return {
    ...slotted('B json', 'B'),
    columns: 'r.row_id, r.data',
    insert: (size) => `INSERT INTO ${size}_B (list_no, row_id, data) VALUES (?, ?, ?)`,
    values: (no, id, row) => [no, id, JSON.stringify(row)],
    copy: (size, no) => `INSERT INTO ${size}_B SELECT ${no}, row_id, json_object(${fields}) FROM ${ownTable(size, no)}`,
    source: (no) =>
      `(SELECT row_id, ${COLUMNS.map((c) => `${db.json(c)} AS ${c}`).join(', ')} FROM big_B WHERE list_no = ${no})`,
    rows: (found) => found.map((row) => ({ row_id: row.row_id, ...JSON.parse(row.data) })),
  };
}

const ownTables = {
  name: 'C table',
  native: true,
  where: (size, no) => `FROM ${ownTable(size, no)} r WHERE 1 = 1`,
  keys: () => [],
  columns: 'r.*',
  insert: (size, no) => `INSERT INTO ${ownTable(size, no)} (row_id, ${COLUMNS}) VALUES (${marks(COLUMNS.length + 1)})`,
  values: (no, id, row) => [id, ...COLUMNS.map((column) => row[column])],
  source: (no) => ownTable('big', no),
  rows: (found) => found,
};

// --- data -----------------------------------------------------------------------------------------------------------

const random = (limit) => Math.floor(Math.random() * limit);
const word = (length) =>
  range(Math.ceil(length / 8), () => Math.random().toString(36).slice(2, 10))
    .join('')
    .slice(0, length);
const makeRow = () => ({
  amount: random(1e8) / 100,
  qty: random(50),
  customer: 1 + random(10_000),
  rating: random(5),
  done: random(2),
  urgent: random(2),
  title: word(20),
  category: `category ${random(20)}`,
  email: `${word(8)}@example.org`,
  note: word(random(120)),
});

async function load(db, size, no, count) {
  await db.exec(nativeTable(ownTable(size, no), db));
  for (let from = 1; from <= count; from += 2000) {
    const ids = range(Math.min(2000, count - from + 1), (i) => from + i).filter((id) => id % GAP !== GAP / 2);
    await transaction(db, () => loadBatch(db, ownTable(size, no), ids));
  }
  await db.exec(`CREATE INDEX ${size}_${no}_amount ON ${ownTable(size, no)} (amount)`);
  await db.exec(`CREATE INDEX ${size}_${no}_title ON ${ownTable(size, no)} (title${db.sqlite ? '' : '(64)'})`);
  await db.run(`INSERT INTO ${size}_list VALUES (?, ?, ?, ?)`, [no, HUB, listId(no), count]);
  for (let block = 0; block < count / GAP; block++) {
    await db.run(`INSERT INTO ${size}_gap VALUES (?, ?, 1)`, [no, block]);
  }
}

async function loadBatch(db, table, ids) {
  const into = `INSERT INTO ${table} (row_id, ${COLUMNS}) VALUES`;
  const values = ids.map((id) => ownTables.values(0, id, makeRow()));
  if (!db.sqlite) {
    const quoted = values.map((row) => `(${row.map((value) => mysql.escape(value)).join(', ')})`);
    await db.exec(`${into} ${quoted.join(', ')}`);
    return;
  }
  for (const row of values) {
    await db.run(`${into} (${marks(row.length)})`, row);
  }
}

async function copyAll(db, candidates, size, no, count) {
  const steps = candidates.filter((c) => c.copy).map((c) => c.copy(size, no));
  for (const end of db.sqlite ? ['', '_wr'] : ['']) {
    steps.push(`INSERT INTO ${size}_index_number${end} SELECT ${no}, 1, 1, amount, row_id FROM ${ownTable(size, no)}`);
    steps.push(
      `INSERT INTO ${size}_index_text${end} SELECT ${no}, 1, 1, ${db.bytes('title')}, row_id FROM ${ownTable(size, no)}`,
    );
  }
  for (const sql of steps) {
    const started = performance.now();
    for (let from = 0; from <= count; from += 100_000) {
      await db.exec(`${sql} WHERE row_id > ${from} AND row_id <= ${from + 100_000}`);
    }
    if (count >= 1e5) {
      console.log(`  ${sql.slice(12, 34)}: ${Math.round(performance.now() - started)} ms`);
    }
  }
}

// --- operations -----------------------------------------------------------------------------------------------------

async function transaction(db, work) {
  await db.exec('BEGIN');
  await work();
  await db.exec('COMMIT');
}

const read = async (db, c, sql, params) => c.rows(await db.all(sql, params)).length;
const page = (db, c, size, no, after) =>
  read(db, c, `SELECT ${c.columns} ${c.where(size, no)} AND r.row_id > ? ORDER BY r.row_id LIMIT 100`, [
    ...c.keys(no),
    after,
  ]);
const offset = (db, c, size, no, skip, after = 0) =>
  read(db, c, `SELECT ${c.columns} ${c.where(size, no)} AND r.row_id > ? ORDER BY r.row_id LIMIT 100 OFFSET ${skip}`, [
    ...c.keys(no),
    after,
  ]);

/** Skips by the counts of deleted ids per block: the position is found in the gap table, then within one block. */
async function skipByGaps(db, c, size, no, skip) {
  let left = skip;
  let block = 0;
  for (const gap of await db.all(`SELECT block, missing FROM ${size}_gap WHERE list_no = ? ORDER BY block`, [no])) {
    const before = (gap.block - block) * GAP;
    if (left < before + GAP - gap.missing) {
      break;
    }
    left -= before + GAP - gap.missing;
    block = gap.block + 1;
  }
  return offset(db, c, size, no, left % GAP, (block + Math.floor(left / GAP)) * GAP);
}

/**
 * First page through a declared index; kind is number (amount) or text (title). The slot candidates read the row ids from
 * the index first and the rows second, which leaves no planner a choice of join order.
 */
async function byIndex(db, c, size, no, kind, condition, params) {
  if (c.native) {
    const column = kind === 'number' ? 'amount' : 'title';
    const filter = condition ? `AND ${column} ${condition}` : '';
    return read(db, c, `SELECT r.* ${c.where(size, no)} ${filter} ORDER BY ${column}, row_id LIMIT 100`, params);
  }
  const filter = condition ? `AND i.value ${condition}` : '';
  const found = await db.all(
    `SELECT i.row_id AS id ${through(`index_${kind}${c.indexes}`, size, 'i')} AND i.slot = 1 AND i.has_value = 1 ${filter}
    ORDER BY i.value, i.row_id LIMIT 100`,
    [...c.keys(no), ...params],
  );
  const ids = range(100, (i) => found[Math.min(i, found.length - 1)]?.id ?? 0);
  const rows = await db.all(`SELECT ${c.columns} ${c.where(size, no)} AND r.row_id IN (${marks(100)})`, [
    ...c.keys(no),
    ...ids,
  ]);
  const byId = new Map(c.rows(rows).map((row) => [row.row_id, row]));
  return ids.map((id) => byId.get(id)).length;
}

/** Counter, row, two index entries and the activity row in one transaction. */
const insert = (db, c, size, no) =>
  transaction(db, async () => {
    await db.run(`UPDATE ${size}_list SET last_row_id = last_row_id + 1 WHERE hub_id = ? AND id = ?`, [
      HUB,
      listId(no),
    ]);
    const [{ last_row_id: id }] = await db.all(`SELECT last_row_id FROM ${size}_list WHERE no = ?`, [no]);
    const row = makeRow();
    await db.run(c.insert(size, no), c.values(no, id, row));
    if (!c.native) {
      await db.run(`INSERT INTO ${size}_index_number${c.indexes} VALUES (?, 1, 1, ?, ?)`, [no, row.amount, id]);
      await db.run(`INSERT INTO ${size}_index_text${c.indexes} VALUES (?, 1, 1, ?, ?)`, [
        no,
        Buffer.from(row.title),
        id,
      ]);
    }
    await db.run(`INSERT INTO ${size}_activity VALUES (?, ?, 'insert')`, [no, id]);
  });

const select = (db, c) =>
  db.all(`SELECT c.category, COUNT(*) AS orders, SUM(o.amount) AS total, AVG(o.rating) AS rating, MAX(o.qty) AS most
    FROM ${c.source(2)} o JOIN ${c.source(3)} c ON c.row_id = o.customer WHERE o.done = 1 GROUP BY c.category ORDER BY total DESC`);
const groupBy = (db, c) =>
  db.all(`SELECT o.category, COUNT(*) AS orders, SUM(o.amount) AS total FROM ${c.source(2)} o GROUP BY o.category`);

const bytes = (db, c, text) => (c.native ? text : Buffer.from(text));

const operations = {
  'first page': [40, (db, c, size, no) => page(db, c, size, no, 0)],
  'deep page, anywhere': [40, (db, c, size, no, count) => page(db, c, size, no, count * 0.5 + random(count * 0.4))],
  'deep page, same again': [20, (db, c, size, no, count) => page(db, c, size, no, count * 0.6)],
  'deep page, OFFSET': [2, (db, c, size, no, count) => offset(db, c, size, no, Math.floor(count * 0.89))],
  'deep page, gap table': [20, (db, c, size, no, count) => skipByGaps(db, c, size, no, Math.floor(count * 0.89)), 'A'],
  'insert one row': [40, insert],
  'number filter, anywhere': [20, (db, c, size, no) => byIndex(db, c, size, no, 'number', '>= ?', [random(9e5)])],
  'number filter, same again': [20, (db, c, size, no) => byIndex(db, c, size, no, 'number', '>= ?', [5e5])],
  'text filter, anywhere': [20, (db, c, size, no) => byIndex(db, c, size, no, 'text', '>= ?', [bytes(db, c, word(3))])],
  'text filter, same again': [20, (db, c, size, no) => byIndex(db, c, size, no, 'text', '>= ?', [bytes(db, c, 'k')])],
  'sort by number': [20, (db, c, size, no) => byIndex(db, c, size, no, 'number', '', [])],
  'sort by text': [20, (db, c, size, no) => byIndex(db, c, size, no, 'text', '', [])],
  'SELECT join+group 100k': [2, select, 'big'],
  'SELECT group 100k': [2, groupBy, 'big'],
};

const applies = (c, only, size) => (only !== 'A' || c.name.startsWith('A')) && (only !== 'big' || size === 'big');
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

async function measure(db, candidates) {
  const times = {};
  for (let round = 0; round < ROUNDS; round++) {
    for (const [operation, [repeat, work, only]] of Object.entries(operations)) {
      for (const c of candidates) {
        for (const [size, no] of [
          ['small', 4],
          ['big', 1],
        ].filter(([s]) => applies(c, only, s))) {
          for (let i = 0; i < repeat; i++) {
            const started = performance.now();
            await work(db, c, size, no, LISTS[size][no]);
            ((times[operation] ??= {})[`${c.name} ${size}`] ??= []).push(performance.now() - started);
          }
        }
      }
    }
  }
  return times;
}

function report(times, candidates) {
  const show = (values) => (values ? median(values) : NaN).toFixed(2);
  console.log(`| operation (ms: 1 000 rows / ${ROWS} rows = ratio) | ${candidates.map((c) => c.name).join(' | ')} |`);
  for (const [operation, cells] of Object.entries(times)) {
    const texts = candidates.map(({ name }) => {
      const [small, big] = [show(cells[`${name} small`]), show(cells[`${name} big`])];
      const base = small === 'NaN' ? show(cells['C table big']) : small;
      return big === 'NaN' ? '-' : `${base} / ${big} = ${(big / base).toFixed(1)}`;
    });
    console.log(`| ${operation} | ${texts.join(' | ')} |`);
  }
}

async function main() {
  const [scheme] = options.database.split(':');
  const db = scheme === 'sqlite' ? openSqlite(options.database.slice(7)) : await openMariadb(options.database);
  const candidates = [
    slotted('A32', 'A32'),
    slotted('A64', 'A64'),
    slotted('A-id24', 'Aid24'),
    ...(db.sqlite ? [slotted('A-wr', 'Awr', '_wr')] : []),
    document(db),
    ownTables,
  ];
  try {
    for (const [size, lists] of Object.entries(LISTS)) {
      for (const sql of tables(size, db)) {
        await db.exec(sql);
      }
      for (const [no, count] of Object.entries(lists)) {
        await load(db, size, Number(no), count);
        await copyAll(db, candidates, size, Number(no), count);
      }
    }
    await db.exec(
      db.sqlite
        ? 'PRAGMA wal_checkpoint(TRUNCATE); ANALYZE'
        : 'ANALYZE TABLE big_A32, big_A64, big_B, big_index_number, big_index_text',
    );
    report(await measure(db, candidates), candidates);
    await sizes(db);
    await manyHubs(db);
    await manyTables(db, Number(options.tables));
  } finally {
    await db.close();
  }
}

/** Bytes per table of the big set. */
async function sizes(db) {
  const sql = db.sqlite
    ? `SELECT s.tbl_name AS name, ROUND(SUM(d.pgsize) / 1e6) AS mb FROM dbstat d JOIN sqlite_schema s ON s.name = d.name
       WHERE d.aggregate = 1 AND s.tbl_name LIKE 'big%' GROUP BY s.tbl_name`
    : `SELECT table_name AS name, ROUND((data_length + index_length) / 1e6) AS mb FROM information_schema.tables
       WHERE table_schema = '${db.name}' AND table_name LIKE 'big%'`;
  const found = await db.all(sql).catch((error) => [{ name: error.message, mb: 0 }]);
  console.log(`MB: ${found.map(({ name, mb }) => `${name.replace('big_', '')} ${mb}`).join(', ')}`);
}

/** 10 000 hubs with three lists of ten rows each beside the big list, in the slot tables. */
async function manyHubs(db) {
  const started = performance.now();
  const nos = range(30_000, (i) => 100 + i);
  await transaction(db, async () => {
    for (const no of nos) {
      await db.run('INSERT INTO big_list VALUES (?, ?, ?, 10)', [no, listId(Math.floor(no / 3)), listId(no)]);
    }
    const into = COLUMNS.map(slot);
    await db.exec(`INSERT INTO big_A64 (list_no, row_id, ${into}) SELECT l.no, r.row_id, ${into.map((name) => `r.${name}`)}
      FROM big_list l JOIN small_A64 r ON r.list_no = 4 AND r.row_id <= 10 WHERE l.no >= 100`);
  });
  const times = [];
  for (let i = 0; i < 200; i++) {
    const no = 100 + random(30_000);
    const before = performance.now();
    await db.all(`SELECT r.row_id, ${slotList} ${through('A64', 'big')} ORDER BY r.row_id LIMIT 100`, [
      listId(Math.floor(no / 3)),
      listId(no),
    ]);
    times.push(performance.now() - before);
  }
  console.log(
    `30 000 lists: filled in ${Math.round(performance.now() - started)} ms, page of one ${median(times).toFixed(2)} ms`,
  );
}

/** What a table per list costs: creating tables, then starting with them. */
async function manyTables(db, count) {
  const times = [];
  for (let i = 0; i < count; i++) {
    const started = performance.now();
    await db.exec(nativeTable(`own_${i}`, db));
    times.push(performance.now() - started);
  }
  const memory = process.memoryUsage().rss;
  const started = performance.now();
  if (db.sqlite) {
    const again = db.open();
    again.prepare('SELECT COUNT(*) FROM small_list').get();
    console.log(`open with ${count} tables: ${Math.round(process.memoryUsage().rss - memory) / 1e6} MB`);
    again.close();
  } else {
    await db.all('SELECT * FROM information_schema.columns WHERE table_schema = ?', [db.name]);
  }
  console.log(
    `${count} tables: ${median(times).toFixed(2)} ms each, start ${Math.round(performance.now() - started)} ms`,
  );
}

await main();
