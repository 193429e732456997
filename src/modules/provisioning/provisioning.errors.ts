import { ConflictError, ForbiddenError, InvalidInputError } from '../../common/errors/index.js';
import { type HubCreation as HubCreationSetting } from '../../config/index.js';

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

const WHO_MAKES_HUBS: Readonly<Record<HubCreationSetting, string>> = {
  off: 'Hubs are made by the command line only here',
  'root-keys': 'Only live root API keys that the command line made can make hubs here',
  accounts:
    'People with a verified e-mail address and live root API keys that the command line made can make hubs here',
};

/** 403: the operator has not opened this to such a caller. */
export class HubCreationRefusedError extends ForbiddenError {
  constructor(setting: HubCreationSetting) {
    const detail = `${WHO_MAKES_HUBS[setting]} (server setting HUB_CREATION=${setting}). Ask the operator for a hub.`;
    super(detail, { extra: { setting: 'HUB_CREATION', value: setting } }, '403.not-allowed');
  }
}

export class AddressNotVerifiedError extends ForbiddenError {
  constructor() {
    super(
      'Your e-mail address is not verified yet. Accept an invite with the token of its mail, or ask the operator.',
      {},
      '403.not-ready',
    );
  }
}

export class TooManyHubsError extends InvalidInputError {
  constructor(max: number) {
    super(`You are root of ${max} hubs, which is as many as can be. Delete one first.`, {}, '422.max-exceeded');
  }
}

/** What is in a hub beside whoever asks, in numbers. */
export interface HubContents {
  readonly api_keys: number;
  readonly members: number;
  readonly lists: number;
  readonly boxes: number;
}

export class HubInUseError extends ConflictError {
  constructor(contents: HubContents) {
    super(
      `Still in the hub, beside you: API keys: ${contents.api_keys}, members: ${contents.members}, ` +
        `lists: ${contents.lists}, boxes: ${contents.boxes}. Send {"options": {"force": true}} to delete it with all of them.`,
      { source: '/options/force', extra: { ...contents } },
      '409.in-use',
    );
  }
}
