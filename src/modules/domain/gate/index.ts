export { DomainGate } from './domain-gate.js';
export { DomainDirectoryModule, DomainGateModule } from './gate.module.js';
