import { canonicalJson } from '../../../common/canonical-json.js';
import { CreatorResponse, ZERO_TIME } from '../../../common/http/contract.js';
import { isId } from '../../../common/ids.js';
import { isObject } from '../../../common/is-object.js';
import { type StoredActivity } from '../activity.repository.js';
import { REFUSALS } from '../refusal-writer.js';
import { bodyOf, partOf } from '../row-body.js';

/** One value before or after a change, under what it is. Nothing in it: the value was null. */
export class ActivityDetailResponse {
  /** Of another thing. @example 0199e2f1a0c34b5d6e7f8091 */
  id?: string;
  /** A whole number. @example 7 */
  number?: number;
  /** Text, as it is; a list, an object or a fraction as JSON. @example "ERP sync" */
  string?: string;
  /** `true` or `false`, as text. @example true */
  boolean?: string;
}

/** One field that was changed. */
export class ActivityChangeResponse {
  /** The name of the field. @example name */
  component: string;
  /** Left out: there was none. */
  before?: ActivityDetailResponse;
  /** Left out: there is none any more. */
  after?: ActivityDetailResponse;
}

/** The request that did it. */
export class ActivitySessionResponse {
  /** Its path, without the query; empty where several requests are counted together. @example /v1/hubs/current/roles */
  url: string;
  /** Where it came from. @example 192.0.2.10 */
  ip: string;
  /** Always null: no application stands between. @example null */
  token: object | null;
  /** The API key that was used; null = none. @example 0199e2f1a0c34b5d6e7f8091 */
  api_key: string | null;
  /** @example POST */
  method?: string;
  /** The request's `X-Request-Id`. @example 5f0c6a52-8d0e-4c1b-9d51-3b2f7f3f4a10 */
  request_id?: string;
}

export class ActivityErrorResponse {
  /** @example "Refused: 403.permissions." */
  message: string;
}

export class ActivityComponentResponse {
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  id: string;
  /** @example api_key */
  type: string;
}

/** One thing that happened, in the management contract's shape. */
export class ActivityResponse {
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  id: string;
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  hub_id: string;
  /** Who did it, or tried to. */
  user: CreatorResponse;
  /** 0 = of use to everybody, 1 = of use to who looks into something. @example 0 */
  verbosity: number;
  /** Always empty: hubs have none of the places that the contract names here. @example {} */
  context: object;
  /** Null = the server itself or its command line. */
  session: ActivitySessionResponse | null;
  changes: ActivityChangeResponse[];
  /** What else there is to say, e.g. `code` and `count` of refusals. @example {"code":"403.permissions","count":3} */
  annotations: Record<string, unknown>;
  /** Null = it was done. */
  error: ActivityErrorResponse | null;
  /** What it was done to; null = nothing in particular. */
  component: ActivityComponentResponse | null;
  /** @example success */
  status: string;
  /** @example hub.apikey.create */
  event: string;
  /** Of refusals that are counted together, the last. @example 2026-03-01T08:00:00.000Z */
  time: string;

  /** The stored body is sealed and stays as it is; this says it in the contract's words. */
  static from(row: StoredActivity): ActivityResponse {
    const body = bodyOf(row.body) ?? {};
    const annotations = partOf(body, 'annotations');
    return {
      id: row.id,
      hub_id: row.hubId,
      user: { type: row.actorType, id: row.actorId },
      verbosity: typeof body['verbosity'] === 'number' ? body['verbosity'] : 0,
      context: {},
      session: sessionOf(body['session']),
      changes: Object.entries(partOf(body, 'changes')).map(([name, change]) => changeOf(name, change)),
      annotations,
      error: REFUSALS.includes(row.event) ? { message: `Refused: ${String(annotations['code'])}.` } : null,
      component: componentOf(row),
      status: row.status,
      event: row.event,
      time: typeof body['time'] === 'string' ? body['time'] : ZERO_TIME,
    };
  }
}

function componentOf({ componentId, componentType }: StoredActivity): ActivityComponentResponse | null {
  return componentId === null ? null : { id: componentId, type: componentType ?? '' };
}

function sessionOf(session: unknown): ActivitySessionResponse | null {
  if (!isObject(session)) {
    return null;
  }
  const { url, ip, api_key, method, request_id } = session as Partial<Record<string, unknown>>;
  return {
    url: textOr(url, ''),
    ip: textOr(ip, ''),
    token: null,
    api_key: textOr(api_key, null),
    ...(typeof method === 'string' ? { method } : {}),
    ...(typeof request_id === 'string' ? { request_id } : {}),
  };
}

function changeOf(component: string, change: unknown): ActivityChangeResponse {
  const { before, after } = (isObject(change) ? change : {}) as { before?: unknown; after?: unknown };
  return {
    component,
    ...(before === undefined ? {} : { before: detailOf(before) }),
    ...(after === undefined ? {} : { after: detailOf(after) }),
  };
}

function detailOf(value: unknown): ActivityDetailResponse {
  if (value === null) {
    return {};
  }
  if (typeof value === 'string') {
    return isId(value) ? { id: value } : { string: value };
  }
  if (typeof value === 'boolean') {
    return { boolean: String(value) };
  }
  return Number.isSafeInteger(value) ? { number: value as number } : { string: canonicalJson(value) };
}

function textOr<T>(value: unknown, otherwise: T): string | T {
  return typeof value === 'string' ? value : otherwise;
}
