import { type RequestFactsForRules } from './facts.js';

/** In which letters a text always is, so that a constant in others is never equal to it. */
export type Letters = 'lower' | 'upper';

interface Described {
  readonly name: string;
  readonly description: string;
}

/** A text that every request has; it is empty where the request does not say it. */
export interface TextField extends Described {
  readonly type: 'string';
  readonly letters?: Letters;
  readonly read: (facts: RequestFactsForRules) => string;
}
/** Texts under a key: none, one or more. */
export interface TextsField extends Described {
  readonly type: 'strings';
  /** What the keys are. */
  readonly keys: 'header' | 'argument';
  readonly read: (facts: RequestFactsForRules, key: string) => readonly string[];
}
export interface AddressField extends Described {
  readonly type: 'ip';
}
export interface BooleanField extends Described {
  readonly type: 'boolean';
  readonly read: (facts: RequestFactsForRules) => boolean;
}
export type Field = TextField | TextsField | AddressField | BooleanField;

/** All that a filter may read. */
export const FIELDS: readonly Field[] = [
  { name: 'ip.src', type: 'ip', description: 'The address of the client.' },
  {
    name: 'http.host',
    type: 'string',
    letters: 'lower',
    description: 'The host that was asked for, without a port.',
    read: (facts) => facts.host,
  },
  {
    name: 'http.request.method',
    type: 'string',
    letters: 'upper',
    description: 'The method, such as GET.',
    read: (facts) => facts.method,
  },
  {
    name: 'http.request.uri',
    type: 'string',
    description: 'Path and query as they arrived, nothing decoded.',
    read: (facts) => facts.uri,
  },
  {
    name: 'http.request.uri.path',
    type: 'string',
    description: 'The path, decoded and made plain as for the router.',
    read: (facts) => facts.path,
  },
  {
    name: 'http.request.uri.query',
    type: 'string',
    description: 'The query as it arrived, without the question mark.',
    read: (facts) => facts.query,
  },
  {
    name: 'http.request.uri.args',
    type: 'strings',
    keys: 'argument',
    description: 'The decoded values of an argument of the query.',
    read: (facts, key) => facts.queryArg(key),
  },
  {
    name: 'http.request.headers',
    type: 'strings',
    keys: 'header',
    description: 'The values of a header, one for each line of it.',
    read: (facts, key) => facts.header(key),
  },
  {
    name: 'http.user_agent',
    type: 'string',
    description: 'The header User-Agent.',
    read: (facts) => facts.headerText('user-agent', ', '),
  },
  {
    name: 'http.referer',
    type: 'string',
    description: 'The header Referer.',
    read: (facts) => facts.headerText('referer', ', '),
  },
  {
    name: 'http.cookie',
    type: 'string',
    description: 'The header Cookie, whole.',
    read: (facts) => facts.headerText('cookie', '; '),
  },
  {
    name: 'http.x_forwarded_for',
    type: 'string',
    description: 'The header X-Forwarded-For as it arrived. Anybody can write it: ip.src is the address to trust.',
    read: (facts) => facts.headerText('x-forwarded-for', ', '),
  },
  {
    name: 'ssl',
    type: 'boolean',
    description: 'Whether the client came by https.',
    read: (facts) => facts.scheme === 'https',
  },
];

export const FIELD_BY_NAME: ReadonlyMap<string, Field> = new Map(FIELDS.map((field) => [field.name, field]));
