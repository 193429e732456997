import { type AddressInfo } from 'node:net';
import { fastify } from 'fastify';
import { answerFromEnvironment, sayListening } from './answer.js';
import { openStore, type StockRow } from './store.js';

// Fastify and SQL by hand on Hubgate's own database: the answers of one known list, without asking who wants them.

const { headers } = answerFromEnvironment();
const store = await openStore(process.env['DATABASE_URL'] ?? '');
const hubId = process.env['BENCH_HUB'] ?? '';
const server = fastify();

const COLUMNS = [
  { name: 'ID', elementName: 'ID', type: 'Number' },
  { name: 'MaterialNo', elementName: 'MaterialNo', type: 'String' },
  { name: 'Quantity', elementName: 'Quantity', type: 'Number' },
  { name: 'Locked', elementName: 'Locked', type: 'Boolean' },
];

interface ListQuery {
  readonly Name: string;
  readonly SkipRows?: string;
  readonly MaxRows?: string;
}

interface Item {
  readonly data: { readonly MaterialNo: string; readonly Quantity: number; readonly Locked: boolean };
}

server.get<{ Querystring: ListQuery }>('/public-api/v1/lists/list', async (request, reply) => {
  const { Name, SkipRows = 0, MaxRows = 10_000 } = request.query;
  const rows = await store.select(hubId, Name.toLowerCase(), Number(SkipRows), Number(MaxRows));
  void reply.headers(headers);
  return { columns: COLUMNS, items: rows.map(cells) };
});

server.post<{ Body: Item }>('/public-api/v1/lists/items', async (request, reply) => {
  const { MaterialNo, Quantity, Locked } = request.body.data;
  const id = await store.insert(MaterialNo, Quantity, Number(Locked));
  void reply.headers(headers);
  return { addedItem: cells({ row_id: id, s1: MaterialNo, n1: Quantity, n2: Number(Locked) }) };
});

await server.listen({ port: 0, host: '127.0.0.1' });
sayListening((server.server.address() as AddressInfo).port);

function cells({ row_id, s1, n1, n2 }: StockRow): object[] {
  return [
    { column: 'ID', value: row_id },
    { column: 'MaterialNo', value: s1 },
    { column: 'Quantity', value: n1 },
    { column: 'Locked', value: n2 === null ? null : n2 !== 0 },
  ];
}
