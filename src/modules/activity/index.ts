export * from './activity-door.module.js';
export * from './activity.module.js';
export * from './activity-recorder.js';
export * from './chain-verifier.js';
export * from './export-verifier.js';
export * from './public-accounts.js';
export * from './refusal-writer.js';
export { Sealer } from './sealer.js';
export { Seals } from './seals.js';
