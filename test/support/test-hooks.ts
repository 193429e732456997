// Runs before each test file, after test-environment: hooks hold for one file, while modules are shared by many.
import { failOnViolations } from './contract-watch.js';

failOnViolations();
