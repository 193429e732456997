import { InvalidInputError } from '../../common/errors/index.js';
import { isoOrNull } from '../../common/http/contract.js';
import { nameKey } from '../../common/name-key.js';
import { readBoxAddress } from './box-address.js';
import { type BoxCredentials } from './box-credentials.js';
import { type Box } from './box.entity.js';
import { BoxAddressError } from './box.errors.js';
import { boxIdKey } from './box.repository.js';
import { type BoxCredentialsDto, type UpdateBoxDto } from './dto/box.dto.js';

/** What an edit writes, apart from the credentials: undefined leaves, null clears. @throws InvalidInputError */
export function boxEdit({ box_id, name, group, address, properties }: UpdateBoxDto): Partial<Box> {
  return {
    ...(box_id !== undefined && { boxId: box_id, boxIdKey: boxIdKey(box_id) }),
    ...(name !== undefined && { name: name.trim(), nameKey: nameKey(name) }),
    ...(group !== undefined && { group }),
    ...(address !== undefined && { address: boxAddressOf(address) }),
    ...(properties !== undefined && { properties: properties ?? {} }),
  };
}

/** @throws BoxAddressError */
export function boxAddressOf(text: string | null): string | null {
  const address = text === null ? null : readBoxAddress(text);
  if (address === null && text !== null) {
    throw new BoxAddressError();
  }
  return address;
}

/** Undefined when the request says nothing of them, null when it takes them away. @throws InvalidInputError */
export function credentialsOf(input: BoxCredentialsDto | null | undefined): BoxCredentials | null | undefined {
  if (!input) {
    return input;
  }
  const { user, password, token } = input;
  if (token !== undefined && user === undefined && password === undefined) {
    return { token };
  }
  if (token === undefined && user !== undefined && password !== undefined) {
    return { user, password };
  }
  throw new InvalidInputError('credentials are either user and password, or token.', { source: '/credentials' });
}

/** What the audit compares: of credentials and tokens only whether there are any, and since when. */
export function boxFacts(box: Box): Record<string, unknown> {
  const { boxId, name, group, address, properties, credentialsKind: kind, credentialsAt, tokenAt } = box;
  const credentials = kind && { kind, set: isoOrNull(credentialsAt) };
  return { box_id: boxId, name, group, address, properties, credentials, token_created: isoOrNull(tokenAt) };
}

export function componentOf({ id }: Box): { type: string; id: string } {
  return { type: 'box', id };
}
