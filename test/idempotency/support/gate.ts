import { RoleService } from '../../../src/modules/role/index.js';
import { type TestApp } from '../../support/test-app.js';

/** Where the making of a role stands still, inside whatever transaction it was called in. */
export interface Gate {
  /** When somebody stands at it. */
  readonly reached: Promise<void>;
  open(): void;
}

/** The next role of this node is made (or fails so) only when the gate is opened; those after it pass. */
export function holdNextRole(app: TestApp, failure?: Error): Gate {
  const roles = app.nest.get(RoleService);
  const reached = signal();
  const opened = signal();
  const own = Object.getPrototypeOf(roles) as RoleService;
  roles.create = async (...input) => {
    Reflect.deleteProperty(roles, 'create');
    reached.give();
    await opened.given;
    if (failure) {
      throw failure;
    }
    return own.create.apply(roles, input);
  };
  return { reached: reached.given, open: opened.give };
}

function signal(): { given: Promise<void>; give: () => void } {
  let give = (): void => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give: () => give() };
}
