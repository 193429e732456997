import { type CsvFacts } from './csv-scan.js';

/** A file that was received whole and is kept in pieces. As JSON it is what the client sent: for idempotency. */
export class Upload {
  constructor(
    readonly id: string,
    readonly bytes: number,
    readonly sha256: string,
    readonly facts: CsvFacts,
  ) {}

  toJSON(): object {
    return { bytes: this.bytes, sha256: this.sha256 };
  }
}
