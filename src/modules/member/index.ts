export * from './hub-members.js';
export * from './member.module.js';
export { MembershipResponse } from './dto/membership.response.js';
export * from './membership.entity.js';
export * from './membership.recorder.js';
export { newMember } from './membership.factory.js';
