import { type Bench } from '../bench.js';
import { type Section } from '../section.js';

export interface Case {
  readonly name: string;
  readonly about: string;
  run(bench: Bench): Promise<Section[]>;
}
