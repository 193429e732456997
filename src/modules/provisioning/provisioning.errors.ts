import { ConflictError, InvalidInputError } from '../../common/errors/index.js';

export class DemoNameTakenError extends ConflictError {
  constructor(taken: ConflictError, hubId: string) {
    super(
      `${taken.details.detail ?? taken.title} The demo needs this name, so nothing of it was made. Use what is there ` +
        `(hubgate key create --hub ${hubId} --name Demo --role integration --group Warehouse --scope read:lists), ` +
        'or make the demo in another hub.',
      { cause: taken },
    );
  }
}

export class NoIntegrationRoleError extends InvalidInputError {
  constructor() {
    super('The default role "integration" of this hub was deleted; the demo key needs it. Use another hub.');
  }
}
