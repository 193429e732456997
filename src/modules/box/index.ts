export * from './box.module.js';
export * from './box.service.js';
export * from './hub-boxes.js';
export { type Box } from './box.entity.js';
export * from './simulator/box-simulator.js';
