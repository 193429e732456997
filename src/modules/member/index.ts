export * from './first-member.js';
export * from './membership.entity.js';
