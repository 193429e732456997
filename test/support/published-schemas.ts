import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { CAPABILITY_NAMES } from '../../src/access/index.js';

/** One answer of the management door. */
export interface ManagementAnswer {
  readonly method: string;
  /** As the router got it, without the base path and the query. */
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
}

interface Facts {
  /** `METHOD path` to status to schema. */
  readonly operations: Readonly<Record<string, Readonly<Record<string, object>>>>;
  readonly $defs: Readonly<Record<string, object>>;
}

interface Errata {
  /** What the published schemas contradict themselves in; the facts are mended already. */
  readonly mended: readonly { readonly at: string; readonly published: string; readonly here: string }[];
  /** Values of ours that a published enumeration lacks. */
  readonly added: readonly { readonly at: string; readonly values: readonly unknown[]; readonly why: string }[];
}

const FOLDER = join('test', 'contract', 'published');
const OWN_CAPABILITIES = { at: '/$defs/Capability/enum', values: CAPABILITY_NAMES, why: 'The catalogue is ours.' };
const ENVELOPE = { type: 'object', required: ['data'] };

/**
 * The published response schemas of the management contract, with the errata applied. Each schema is compiled when it is
 * first asked for. A path that the contract does not publish is held to the shape of the envelope only.
 */
export class PublishedSchemas {
  private readonly ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false, allowUnionTypes: true });
  private readonly operations: readonly { readonly pattern: RegExp; readonly name: string }[];
  private readonly compiled = new Map<string, ValidateFunction>();

  constructor(private readonly facts: Facts = factsWithAdditions()) {
    addFormats.default(this.ajv);
    this.ajv.addFormat('objectid', /^[0-9a-f]{24}$/);
    this.ajv.addSchema({ $id: 'published', $defs: facts.$defs });
    this.operations = literalFirst(Object.keys(facts.operations)).map((name) => ({ name, pattern: patternOf(name) }));
  }

  /** The published operations, as `METHOD path`. */
  get names(): string[] {
    return Object.keys(this.facts.operations);
  }

  /** What an answer has other than the contract says; empty = nothing. */
  violationsOf({ method, path, status, body }: ManagementAnswer): string[] {
    const found = status >= 400 ? this.ofError(status, body) : this.ofSuccess(`${method} ${path}`, status, body);
    return found.map((text) => `${method} ${path} ${status}: ${text}`);
  }

  private ofError(status: number, body: unknown): string[] {
    const found = this.check('error', { $ref: '#/$defs/ErrorEnvelope' }, body);
    const { error } = (body ?? {}) as { error?: { status?: unknown } };
    return [...found, ...(error?.status === status ? [] : ['/error/status must be the HTTP status'])];
  }

  private ofSuccess(asked: string, status: number, body: unknown): string[] {
    const name = this.operations.find(({ pattern }) => pattern.test(asked))?.name;
    const schemas = name === undefined ? undefined : this.facts.operations[name];
    const schema = schemas?.[status];
    if (schemas && !schema) {
      return [`the published status is ${Object.keys(schemas).join(', ')}`];
    }
    // The published schema of a single thing forgets to require `data`.
    const envelope = this.check('envelope', ENVELOPE, body);
    return schema ? [...envelope, ...this.check(`${name} ${status}`, schema, body)] : envelope;
  }

  private check(id: string, schema: object, body: unknown): string[] {
    const validate = this.compiled.get(id) ?? this.ajv.compile(within(schema));
    this.compiled.set(id, validate);
    return validate(body) ? [] : (validate.errors ?? []).map((error) => textOf(error, body));
  }
}

/** The published facts, mended where they contradict themselves. */
export function readPublished(): Facts {
  return JSON.parse(readFileSync(join(FOLDER, 'management.json'), 'utf8')) as Facts;
}

/** With our additions in the enumerations that they name. */
function factsWithAdditions(): Facts {
  const facts = readPublished();
  for (const { at, values } of [...readErrata().added, OWN_CAPABILITIES]) {
    const list = valueAt(facts, at) as unknown[];
    list.push(...values.filter((value) => !list.includes(value)));
  }
  return facts;
}

/** Where the facts differ from what is published, and what of ours comes on top. */
export function readErrata(): Errata {
  return JSON.parse(readFileSync(join(FOLDER, 'errata.json'), 'utf8')) as Errata;
}

/** What a JSON pointer leads to. @throws Error when there is nothing */
export function valueAt(root: unknown, pointer: string): unknown {
  const steps = pointer.slice(1).split('/');
  return steps.reduce((value, step) => {
    const next = (value as Record<string, unknown>)[step.replaceAll('~1', '/').replaceAll('~0', '~')];
    if (next === undefined) {
      throw new Error(`There is nothing at ${pointer}.`);
    }
    return next;
  }, root);
}

/** The references of the facts lead to their `$defs`, which are a schema of their own here. */
function within(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"published#/$defs/')) as object;
}

/** `…/roles/defaults` before `…/roles/{roleId}`. */
function literalFirst(names: readonly string[]): string[] {
  const parameters = (name: string): number => name.split('{').length;
  return names.toSorted((a, b) => parameters(a) - parameters(b));
}

function patternOf(name: string): RegExp {
  return new RegExp(`^${name.replace(/\{\w+\}/g, '[^/]+')}$`);
}

/** With the value that was not allowed, instead of all that are. */
function textOf({ instancePath, keyword, message, params }: ErrorObject, body: unknown): string {
  const facts = keyword === 'enum' ? valueAt(body, instancePath) : params;
  return `${instancePath || '/'} ${message}: ${JSON.stringify(facts)}`;
}
