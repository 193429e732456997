export * from './member.module.js';
export * from './membership.entity.js';
export * from './membership.recorder.js';
export { newMember } from './membership.factory.js';
