import { describe, expect, it } from 'vitest';
import { useTestApp } from '../support/test-app.js';
import { dumpDecisions } from '../support/table-dump.js';
import { makeList, post, type Problem, STOCK, stockHub } from './support.js';

const context = useTestApp();

/** The place is marked by ¦, which is taken out before the statement is sent. */
const SYNTAX = [
  '¦',
  ' ¦',
  '¦;',
  '¦x',
  '¦(select * from StockInfo)',
  '¦)',
  "¦'select'",
  '¦5',
  '¦@x',
  '¦-- select',
  '¦/* x */ select 1 from StockInfo',
  'select¦',
  'select ¦from StockInfo',
  'select *¦',
  'select * ¦where ID = 1',
  'select * from¦',
  'select * from ¦5',
  "select * from ¦'StockInfo'",
  'select * from StockInfo ¦5',
  'select * from StockInfo where¦',
  'select * from StockInfo where ID =¦',
  'select * from StockInfo where ID ¦ID',
  'select * from StockInfo where (ID = 1¦',
  'select * from StockInfo where ID = 1¦)',
  'select * from StockInfo where ID = 1 and¦',
  'select * from StockInfo where ID in ¦1',
  'select * from StockInfo where ID in (¦)',
  'select * from StockInfo where ID between 1¦',
  'select * from StockInfo where ID is ¦1',
  'select * from StockInfo where ID = 1 ¦= 1',
  'select * from StockInfo where MaterialNo like¦',
  "select * from StockInfo where MaterialNo like 'a' escape ¦5",
  'select * from StockInfo group ¦ID',
  'select ID from StockInfo group by¦',
  'select ID from StockInfo order ¦ID',
  'select ID from StockInfo order by¦',
  'select ID from StockInfo order by ID ¦ID',
  'select ID, ¦from StockInfo',
  'select ID as ¦from StockInfo',
  'select ID as ¦5 from StockInfo',
  'select top ¦ID from StockInfo',
  'select top ¦1.5 ID from StockInfo',
  'select top ¦-1 ID from StockInfo',
  'select top ¦99999999999 ID from StockInfo',
  'select top 5 ¦percent ID from StockInfo',
  "select ¦'abc from StockInfo",
  'select ¦[ID from StockInfo',
  'select ¦"ID from StockInfo',
  "select ID from StockInfo where MaterialNo = ¦N'x",
  'select ID ¦-- all\nfrom StockInfo',
  'select ID ¦/* all */ from StockInfo',
  'select ID ¦# from StockInfo',
  'select ¦0x1F from StockInfo',
  'select ¦$1 from StockInfo',
  'select ¦`ID` from StockInfo',
  'select ¦@@version from StockInfo',
  'select ID from StockInfo where ID = ¦@id',
  'select ID from StockInfo where ID = ¦?',
  'select ID from StockInfo where ID = ¦:id',
  'select ID from StockInfo where ID ¦& 1 = 1',
  'select ID from StockInfo where ID ¦| 1 = 1',
  'select ID from StockInfo where ¦~ID = 1',
  'select MaterialNo ¦|| MaterialNo from StockInfo',
  'select ¦1e999 from StockInfo',
] as const;

const OTHER_STATEMENTS = [
  "¦insert into StockInfo values ('x', 1, 1)",
  '¦update StockInfo set Quantity = 0',
  '¦delete from StockInfo',
  '¦truncate table StockInfo',
  '¦drop table StockInfo',
  '¦create table x (a int)',
  '¦alter table StockInfo add x int',
  '¦merge StockInfo using x on 1 = 1',
  '¦exec sp_who',
  '¦execute sp_who',
  '¦declare @x int',
  '¦set nocount on',
  '¦use master',
  '¦grant select on StockInfo to x',
  '¦begin transaction',
  '¦commit',
  '¦rollback',
  '¦with x as (select 1 a) select * from x',
  '¦waitfor delay 10',
  '¦pragma table_info(list)',
  '¦explain select * from StockInfo',
  '¦show tables',
  '¦attach database x as y',
  '¦load data infile x',
  '¦call x()',
  '¦values (1)',
  '¦backup database x',
  '¦shutdown',
  '¦kill 5',
  '¦print 5',
  'select ID from StockInfo; ¦delete from StockInfo',
  'select ID from StockInfo;¦;',
  'select 1¦; select 2',
  'select ID from StockInfo ¦select ID from StockInfo',
  'select ID from StockInfo ¦union select ID from StockInfo',
  'select ID from StockInfo ¦union all select 1',
  'select ID from StockInfo ¦except select 1',
  'select ID from StockInfo ¦intersect select 1',
  'select ID ¦into x from StockInfo',
  'select (¦select 1) from StockInfo',
  'select * from ¦(select * from StockInfo) x',
  'select ID from StockInfo where ID in (¦select ID from StockInfo)',
  'select ID from StockInfo where ¦exists (select 1)',
  'select ID from StockInfo where ID = ¦any (select 1)',
  'select ¦case when ID = 1 then 2 end from StockInfo',
  'select count(*) ¦over () from StockInfo',
  'select * from StockInfo¦, StockInfo b',
  'select * from StockInfo a ¦cross join StockInfo b',
  'select * from StockInfo a ¦natural join StockInfo b',
  'select * from StockInfo a join StockInfo b¦',
  'select * from StockInfo a ¦right join StockInfo b on 1 = 1',
  'select * from StockInfo a ¦full join StockInfo b on 1 = 1',
  'select * from StockInfo a join StockInfo b ¦using (ID)',
  'select * from sys¦.objects',
  'select * from dbo¦.StockInfo',
  'select * from [master]¦..x',
  'select * from StockInfo ¦with (nolock)',
  'select * from StockInfo ¦for xml auto',
  'select * from StockInfo ¦option (recompile)',
  'select ID from StockInfo order by ID ¦offset 5 rows',
  'select ID from StockInfo limit ¦5',
  'select * from StockInfo x ¦(a)',
  'select ¦x = ID from StockInfo',
] as const;

const MEANINGS = [
  'select ¦Nothing from StockInfo',
  'select s.¦Nothing from StockInfo s',
  'select ¦t.ID from StockInfo s',
  'select ¦StockInfo.ID from StockInfo s',
  'select ¦t.* from StockInfo s',
  'select * from ¦Nowhere',
  'select * from ¦sqlite_master',
  'select * from ¦list_row',
  'select * from ¦[information_schema.tables]',
  'select * from StockInfo a join ¦Nowhere b on 1 = 1',
  'select ¦ID from StockInfo a join StockInfo b on a.ID = b.ID',
  'select * from StockInfo join ¦StockInfo on 1 = 1',
  'select a.ID from StockInfo a join StockInfo ¦A on 1 = 1',
  'select 1 from StockInfo where ¦ID',
  'select 1 from StockInfo where ¦Locked',
  'select 1 from StockInfo where not ¦Locked',
  'select 1 from StockInfo where ¦1',
  "select 1 from StockInfo where ¦'a'",
  'select 1 from StockInfo where MaterialNo = ¦5',
  'select 1 from StockInfo where MaterialNo = ¦Quantity',
  "select 1 from StockInfo where Quantity = ¦'x'",
  "select 1 from StockInfo where Locked = ¦'maybe'",
  "select 1 from StockInfo where cast(MaterialNo as date) > ¦'2024-02-30'",
  'select 1 from StockInfo where cast(MaterialNo as date) > ¦MaterialNo',
  "select 1 from StockInfo where getdate() > ¦'noon'",
  'select ID ¦= 1 from StockInfo',
  'select ID ¦is null from StockInfo',
  'select ¦MaterialNo + 1 from StockInfo',
  "select 1 + ¦'1' from StockInfo",
  'select -¦Locked from StockInfo',
  'select sum(¦MaterialNo) from StockInfo',
  'select avg(¦Locked) from StockInfo',
  'select min(¦Locked) from StockInfo',
  'select ¦sum(*) from StockInfo',
  'select ¦count(distinct *) from StockInfo',
  'select ¦count() from StockInfo',
  'select ¦max(ID, ID) from StockInfo',
  'select ¦sum(distinct ID) from StockInfo',
  'select sum(¦max(ID)) from StockInfo',
  'select ID from StockInfo where ¦count(*) > 1',
  'select ID from StockInfo group by ¦count(*)',
  'select ¦ID, count(*) from StockInfo',
  'select ¦ID from StockInfo group by Quantity',
  'select ¦* from StockInfo group by ID',
  'select Quantity from StockInfo group by Quantity having ¦ID > 1',
  'select Quantity from StockInfo group by Quantity order by ¦ID',
  'select Quantity from StockInfo group by ¦1',
  "select Quantity from StockInfo group by ¦'a'",
  'select ID from StockInfo order by ¦2',
  'select ID from StockInfo order by ¦0',
  "select ID from StockInfo order by ¦'ID'",
  'select distinct ID from StockInfo order by ¦Quantity',
  'select ¦upper(MaterialNo) from StockInfo',
  'select ¦load_extension(MaterialNo) from StockInfo',
  'select ¦sleep(5) from StockInfo',
  'select ¦hub_round(1, 2) from StockInfo',
  'select ¦getdate(1) from StockInfo',
  'select ¦round() from StockInfo',
  'select round(1, ¦ID) from StockInfo',
  'select round(1, ¦99) from StockInfo',
  'select round(¦MaterialNo, 1) from StockInfo',
  'select cast(ID as ¦datetime) from StockInfo',
  'select cast(ID as ¦nvarchar(5)) from StockInfo',
  'select cast(¦ID as date) from StockInfo',
  'select cast(¦ID as nvarchar(max)) from StockInfo',
  'select cast(¦getdate() as int) from StockInfo',
  'select count(ID ¦= 1) from StockInfo',
  'select ID from StockInfo where MaterialNo like ¦MaterialNo',
  "select ID from StockInfo where ¦Quantity like '1'",
  "select ID from StockInfo where MaterialNo like ¦'[a-z]'",
  "select ID from StockInfo where MaterialNo like 'a' escape ¦'ab'",
  "select ID from StockInfo where MaterialNo like ¦'a!' escape '!'",
  'select ID from StockInfo where ID in (1, ¦MaterialNo)',
  'select ID, ¦* x from StockInfo',
  'select ID as ¦[] from StockInfo',
  'select ID as ¦[ ] from StockInfo',
  'select ID from StockInfo where ID = 1 and ¦ID',
  'select a.ID from StockInfo a join StockInfo b on a.ID = ¦c.ID join StockInfo c on 1 = 1',
  'select a.ID from StockInfo a join StockInfo b on ¦b.ID',
] as const;

const ALL = [...SYNTAX, ...OTHER_STATEMENTS, ...MEANINGS];

function marked(text: string): { sql: string; offset: number; line: number; column: number } {
  const offset = text.indexOf('¦');
  const lines = text.slice(0, offset).split('\n');
  return { sql: text.replace('¦', ''), offset, line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
}

describe('POST /public-api/v1/lists/list', () => {
  it('422: has a table of at least 120 statements that it refuses, each with its place', () => {
    expect(new Set(ALL).size).toBeGreaterThan(120);
    expect(ALL.filter((text) => text.split('¦').length !== 2)).toEqual([]);
  });

  it('422: refuses them all, at their place, and nothing changes', async () => {
    const { reader } = await stockHub(context.app);
    const before = await dumpDecisions(context.app.database);
    const wrong: unknown[] = [];
    for (const text of ALL) {
      const { sql, ...place } = marked(text);
      const { body } = await post(reader, sql);
      const { status, code, source, extra, detail } = body as Problem;
      if (status !== 422 || code !== '422.invalid-argument' || source !== '/sql' || !isAt(extra, place)) {
        wrong.push({ text, status, detail, extra });
      }
    }
    expect(wrong).toEqual([]);
    expect(await dumpDecisions(context.app.database)).toEqual(before);
  });

  it('422: counts lines and columns from 1, and offsets from 0 in UTF-16 units', async () => {
    const { reader } = await stockHub(context.app);
    const { body } = await post(reader, "select '🦊',\r\n\tNothing\nfrom StockInfo").expect(422);
    expect((body as Problem).extra).toEqual({ line: 2, column: 2, offset: 15 });
    expect((body as Problem).detail).toContain('Line 2, column 2: There is no column "Nothing"');
  });

  it.each([
    ['unterminated quotes', "select '".repeat(12_000)],
    ['parentheses', `select ${'('.repeat(100_000)}`],
    ['terms', `select ID from StockInfo where ${'ID = 1 and '.repeat(9_000)} ID = 1`],
  ])('422: refuses 100 kB of %s by its length', async (_, sql) => {
    const { reader } = await stockHub(context.app, []);
    const { body } = await post(reader, sql).expect(422);
    expect(body).toMatchObject({ code: '422.max-exceeded', source: '/sql', extra: { maximum: 16_384 } });
  });

  it.each([
    ['parentheses', `select ${'('.repeat(16_000)}`, 39],
    ['minus signs', `select ${'- '.repeat(8_000)}1 from StockInfo`, null],
    ['NOT', `select ID from StockInfo where ${'not '.repeat(4_000)} ID = 1`, null],
    ['AND', `select ID from StockInfo where ${'ID=1 and '.repeat(1_700)} ID = 1`, null],
    ['+', `select ${'1+'.repeat(8_000)}1 from StockInfo`, null],
    ['round', `select ${'round('.repeat(33)}1${')'.repeat(33)} from StockInfo`, null],
  ])('422: refuses what nests too deep: %s', async (_, sql, offset) => {
    const { reader } = await stockHub(context.app, []);
    const { body } = await post(reader, sql).expect(422);
    expect((body as Problem).source).toBe('/sql');
    const found = (body as Problem).extra.offset;
    expect(found).toBe(offset ?? found);
    expect(found).toBeGreaterThan(0);
  });

  it.each([[null], [5], [['select']], [{}], [undefined]])('422: takes text only, not %j', async (sql) => {
    const { reader } = await stockHub(context.app, []);
    expect((await post(reader, sql).expect(422)).body).toMatchObject({ source: '/sql' });
  });

  it.each(['select 1 \0 from StockInfo', "select '\ud800' from StockInfo"])(
    '422: refuses what cannot be stored',
    async (sql) => {
      const { reader } = await stockHub(context.app, []);
      expect(((await post(reader, sql).expect(422)).body as Problem).source).toBe('/sql');
    },
  );

  it('403: needs the scope read:lists', async () => {
    const { hub } = await stockHub(context.app, []);
    const writer = await context.app.create.integrator(hub, { scopes: ['write:lists'] });
    expect((await post(writer, 'select * from StockInfo').expect(403)).body.code).toBe('403.permissions');
  });
});

describe('a list that the key may not read', () => {
  it('422: reads as one that never was: another hub’s, one without the right, one that was deleted', async () => {
    const { hub, reader } = await stockHub(context.app);
    const other = await stockHub(context.app);
    await makeList(context.app, other.hub, 'Secrets', STOCK, [['x', 1, true]]);
    const hidden = await makeList(context.app, hub, 'Hidden', STOCK, [['x', 1, true]]);
    const visible = await makeList(context.app, hub, 'Visible', STOCK, [['x', 1, true]]);
    const groupId = await context.app.create.group(hub, {
      lists: [
        { list_id: visible.id, rights: ['read'] },
        { list_id: hidden.id, rights: ['add', 'change'] },
      ],
    });
    const narrow = await context.app.create.integrator(hub, { groupId });
    const text = async (caller: typeof reader, name: string) => {
      const { body } = await post(caller, `select v.ID from Visible v join ${name} n on 1 = 1`).expect(422);
      const { requestId: _, ...rest } = body as Problem & { requestId: string };
      return JSON.stringify(rest).replaceAll(name, 'NAME');
    };
    const never = await text(narrow, 'Abcdef');
    expect(await text(narrow, 'Hidden')).toBe(never);
    expect(await text(narrow, 'Secrets')).toBe(await text(narrow, 'Nothing'));
    expect(await text(reader, 'Secrets')).toBe(never.replaceAll('NAME', 'NAME'));
    await post(reader, 'select * from Hidden').expect(200);
  });
});

function isAt(extra: Problem['extra'] | undefined, place: Problem['extra']): boolean {
  return (['line', 'column', 'offset'] as const).every((key) => extra?.[key] === place[key]);
}
