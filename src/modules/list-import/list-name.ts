import { InvalidInputError } from '../../common/errors/index.js';
import { isPlainText } from '../../common/http/validation.js';
import { isName } from '../../common/name-key.js';

const NAME_LENGTH_MAX = 200;

/** The rule of every list's name, for one that stands in a query. @throws InvalidInputError */
export function assertListName(name: string): void {
  if (!isPlainText(name, NAME_LENGTH_MAX) || !isName(name)) {
    throw new InvalidInputError(
      `name must have 1 to ${NAME_LENGTH_MAX} characters, not all of them blank, and no control characters.`,
      { source: '/query/name' },
    );
  }
}
