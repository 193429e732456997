import { expect } from 'vitest';
import {
  HubNetworks,
  OutboundClient,
  OutboundFailure,
  type OutboundRequest,
  PURPOSES,
} from '../../src/modules/outbound/index.js';
import { type TestApp } from '../support/test-app.js';

export const LOOPBACK = { OUTBOUND_LOOPBACK: 'allow' };

/** A hub that may call these networks. */
export async function hubCalling(app: TestApp, ...allow: string[]): Promise<string> {
  const { id } = await app.create.hub();
  await app.nest.get(HubNetworks).change(id, { purposes: PURPOSES, allow, deny: [], remove: [] });
  return id;
}

export function send(app: TestApp, hubId: string, url: string, more: Partial<OutboundRequest> = {}) {
  return app.nest.get(OutboundClient).send({
    hubId,
    purpose: 'webhook',
    url,
    method: 'GET',
    timeoutMilliseconds: 10_000,
    maxAnswerBytes: 1000,
    ...more,
  });
}

/** What kind of failure it was. */
export async function kindOf(call: Promise<unknown>): Promise<string> {
  const failure: unknown = await call.then(
    () => null,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(OutboundFailure);
  return (failure as OutboundFailure).kind;
}
