export * from './activity.module.js';
export * from './activity-recorder.js';
export * from './refusal-writer.js';
