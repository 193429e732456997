import { isObject } from '../../common/is-object.js';
import { type SealedColumns } from './seals.js';

/** In which way the columns of a row do not say what its body says, in plain words; null when they agree. */
export function disagreement(row: SealedColumns): string | null {
  const body = bodyOf(row.body);
  if (!body) {
    return 'its body is not a JSON object';
  }
  if (body['id'] !== row.id) {
    return `its body is that of row ${String(body['id'])}: a replay`;
  }
  if (body['hub_id'] !== row.hub_id) {
    return `its body is that of a row of hub ${String(body['hub_id'])}`;
  }
  const different = pairs(row, body).find(([, column, said]) => column !== said);
  return different ? `its column ${different[0]} does not say what its body says` : null;
}

/** Refusals that earlier versions wrote name no component in their body; their columns do. */
function pairs(row: SealedColumns, body: Record<string, unknown>): [string, unknown, unknown][] {
  const [user, component] = [partOf(body, 'user'), partOf(body, 'component')];
  const about: [string, unknown, unknown][] = [
    ['component_type', row.component_type, component['type'] ?? null],
    ['component_id', row.component_id, component['id'] ?? null],
  ];
  return [
    ['event', row.event, body['event']],
    ['status', row.status, body['status']],
    ['actor_type', row.actor_type, user['type']],
    ['actor_id', row.actor_id, user['id']],
    ...('component' in body ? about : []),
  ];
}

/** A part of a body that is an object; empty when it is none. */
export function partOf(body: Record<string, unknown>, name: string): Record<string, unknown> {
  const part = body[name];
  return isObject(part) ? { ...part } : {};
}

/** The entry that a stored body holds; null when it is no JSON object. */
export function bodyOf(text: unknown): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(String(text));
    return isObject(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
