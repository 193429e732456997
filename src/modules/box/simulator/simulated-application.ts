import { type BoxFunction, type BoxValue, type BoxVariable, isOfType } from '../box-told.js';
import { picture } from './picture.js';

/** What a request was answered with; null = there is no such thing, 'refused' = what was sent does not fit. */
export type Answered = { readonly value: unknown } | null | 'refused';

const NUMBER = 'Number' as const;
const COLUMNS = [
  { name: 'ID', type: NUMBER },
  { name: 'Product', type: 'String' },
  { name: 'Quantity', type: NUMBER },
  { name: 'Done', type: 'Boolean' },
] as const;
const LIST = 'Orders';

type Row = Record<string, BoxValue>;

const FUNCTIONS: readonly BoxFunction[] = [
  {
    Name: 'StartLine',
    Description: 'Starts a line and says whether it stood',
    ReturnType: 'Boolean',
    Parameters: [{ ParameterName: 'Line', ParameterType: 'Number', Description: 'Which line, from 1' }],
  },
  { Name: 'CountPieces', Description: 'The counter', ReturnType: 'Number', Parameters: [] },
  {
    Name: 'Greet',
    Description: null,
    ReturnType: 'String',
    Parameters: [
      { ParameterName: 'Name', ParameterType: 'String', Description: null },
      { ParameterName: 'Loud', ParameterType: 'Boolean', Description: null },
    ],
  },
  {
    Name: 'Show message',
    Description: 'Shows a text',
    ReturnType: 'None',
    Parameters: [{ ParameterName: 'Text', ParameterType: 'String', Description: null }],
  },
];

/** What runs on a simulated box: a line that can be started, a counter, a message, and a list of orders. */
export class SimulatedApplication {
  private readonly values = new Map<string, BoxValue>([
    ['Counter', 12],
    ['Message', 'Welcome'],
    ['Running', false],
  ]);
  private readonly orders = new Map<number, Row>([
    [1, { Product: 'A-4711', Quantity: 12, Done: false }],
    [2, { Product: 'B-1001', Quantity: 250.5, Done: true }],
  ]);
  private lastOrder = 2;

  get functions(): readonly BoxFunction[] {
    return FUNCTIONS;
  }

  get variables(): BoxVariable[] {
    return [...this.values].map(([name, value]) => ({ name, value, type: typeOf(value) }));
  }

  get screenshot(): Buffer {
    return picture(Number(this.values.get('Counter')), this.values.get('Running') === true);
  }

  get lists(): { id: number; name: string }[] {
    return [{ id: 1, name: LIST }];
  }

  run(name: string, given: Readonly<Record<string, unknown>>): Answered {
    switch (name) {
      case 'StartLine': {
        const stood = this.values.get('Running') !== true;
        this.values.set('Running', true);
        return { value: stood };
      }
      case 'CountPieces':
        return { value: this.values.get('Counter') };
      case 'Greet': {
        const text = `Hello, ${textOf(given['Name'], 'you')}!`;
        return { value: given['Loud'] === true ? text.toUpperCase() : text };
      }
      case 'Show message':
        this.values.set('Message', textOf(given['Text'], ''));
        return { value: undefined };
      default:
        return null;
    }
  }

  setVariable(name: string, value: unknown): Answered {
    const known = this.values.get(name);
    if (known === undefined) {
      return null;
    }
    if (!isOfType(value, typeOf(known))) {
      return 'refused';
    }
    this.values.set(name, value);
    return { value: undefined };
  }

  readList(name: string, skip: number, max: number): Answered {
    return name.toLowerCase() === LIST.toLowerCase()
      ? { value: this.table([...this.orders].slice(skip, skip + max)) }
      : null;
  }

  addRow(name: string, data: Readonly<Record<string, unknown>>): Answered {
    if (name.toLowerCase() !== LIST.toLowerCase()) {
      return null;
    }
    const row = readRow({ Product: null, Quantity: null, Done: null }, data);
    if (row === null) {
      return 'refused';
    }
    this.lastOrder += 1;
    this.orders.set(this.lastOrder, row);
    return { value: this.table([[this.lastOrder, row]]) };
  }

  changeRow(name: string, id: number, data: Readonly<Record<string, unknown>>): Answered {
    const present = name.toLowerCase() === LIST.toLowerCase() ? this.orders.get(id) : undefined;
    if (!present) {
      return null;
    }
    const row = readRow(present, data);
    if (row === null) {
      return 'refused';
    }
    this.orders.set(id, row);
    return { value: undefined };
  }

  removeRow(name: string, id: number): Answered {
    return name.toLowerCase() === LIST.toLowerCase() && this.orders.delete(id) ? { value: undefined } : null;
  }

  private table(rows: readonly [number, Row][]): object {
    return {
      columns: COLUMNS,
      rows: rows.map(([id, row]) => COLUMNS.map(({ name }) => (name === 'ID' ? id : (row[name] ?? null)))),
    };
  }
}

/** Null for a column that there is not, or a value of another type. */
function readRow(present: Row, data: Readonly<Record<string, unknown>>): Row | null {
  const row = { ...present };
  for (const [name, value] of Object.entries(data)) {
    const column = COLUMNS.find((one) => one.name !== 'ID' && one.name.toLowerCase() === name.toLowerCase());
    if (!column || (value !== null && !isOfType(value, column.type))) {
      return null;
    }
    row[column.name] = value as BoxValue;
  }
  return row;
}

function typeOf(value: BoxValue): 'Number' | 'String' | 'Boolean' {
  return typeof value === 'number' ? 'Number' : typeof value === 'boolean' ? 'Boolean' : 'String';
}

function textOf(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}
