import { HubNetworks } from '../../src/modules/outbound/index.js';
import { BoxSimulator, type SimulatorOptions } from '../../src/modules/box/index.js';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { type TestBox, type TestHub } from './factory.js';
import { TestApp } from './test-app.js';

export { BoxSimulator };

const CREDENTIALS = { user: 'hub', password: 'correct horse battery staple' };

/** A box of a hub, and the machine that plays it. */
export interface PlayedBox extends TestBox {
  readonly machine: BoxSimulator;
}

/** A server whose boxes are simulated on this machine: all on one port, each at a loopback address of its own. */
export class BoxTest {
  app: TestApp = undefined as unknown as TestApp;
  private port = 0;
  private next = 2;
  private machines: BoxSimulator[] = [];

  async start(environment: NodeJS.ProcessEnv): Promise<void> {
    const first = await BoxSimulator.start();
    this.port = first.port;
    await first.stop();
    this.app = await TestApp.start({
      environment: { BOX_PORT: String(this.port), OUTBOUND_LOOPBACK: 'allow', ...environment },
    });
  }

  /** A hub that may call the boxes of this machine. */
  async hub(): Promise<TestHub> {
    const hub = await this.app.create.hub();
    await this.allow(hub, '127.0.0.0/8');
    return hub;
  }

  async allow({ id }: TestHub, network: string): Promise<void> {
    const change = { purposes: ['box'], allow: [network], deny: [], remove: [] } as const;
    await this.app.nest.get(HubNetworks).change(id, change);
  }

  /** A box that is on, whose credentials the hub knows. */
  async box(hub: TestHub, boxId?: string): Promise<PlayedBox> {
    const machine = await this.machine({ credentials: CREDENTIALS });
    const spec = { address: machine.address, credentials: CREDENTIALS, ...(boxId !== undefined && { box_id: boxId }) };
    return { ...(await this.app.create.box(hub, spec)), machine };
  }

  async machine(options: SimulatorOptions = {}): Promise<BoxSimulator> {
    const host = `127.0.${Math.floor(this.next / 250)}.${(this.next % 250) + 1}`;
    this.next += 1;
    const machine = await BoxSimulator.start({ host, port: this.port, ...options });
    this.machines.push(machine);
    return machine;
  }

  async stopMachines(): Promise<void> {
    const machines = this.machines;
    this.machines = [];
    await Promise.all(machines.map((machine) => machine.stop()));
  }
}

export function useBoxes(environment: NodeJS.ProcessEnv = {}): BoxTest {
  const boxes = new BoxTest();
  beforeAll(() => boxes.start(environment), 60_000);
  afterEach(() => boxes.stopMachines());
  afterAll(() => boxes.app?.stop());
  return boxes;
}
