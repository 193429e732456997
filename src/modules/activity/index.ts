export * from './activity.module.js';
export * from './activity-recorder.js';
export * from './chain-verifier.js';
export * from './refusal-writer.js';
export { Sealer } from './sealer.js';
