import { createHash } from 'node:crypto';
import { type Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { newId } from '../../common/ids.js';
import { PeriodicWriter } from '../../common/periodic-writer.js';
import { Config } from '../../config/index.js';
import { CsvScan, type DelimiterName } from './csv-scan.js';
import { ListImportRepository } from './list-import.repository.js';
import { ImportTooLargeError, TooManyImportsError } from './list-import.errors.js';
import { Upload } from './upload.js';

/** Of one row in the database: short to write and to read. */
const PIECE_BYTES = 128 * 1024;
/** A thousand of the shortest rows, which are what takes time: parsed in well under 50 ms. */
const FEED_BYTES = 2 * 1024;
/** So many files of the largest size may wait in a hub. */
const FILES_WAITING = 8;
/** Nobody takes longer to send a file: a request may last a minute. */
const ORPHANED_AFTER_MS = 3_600_000;
const LOOK_EVERY_MS = 600_000;

export interface UploadRequest {
  readonly hubId: string;
  readonly body: Readable;
  /** As the client announced it; undefined for a chunked body. */
  readonly length: number | undefined;
  readonly delimiter: DelimiterName | undefined;
}

/**
 * Receives files into the database, a piece per transaction, reading them once on the way. What no import has adopted
 * is removed: at once where the request failed, after an hour where the server did.
 */
@Injectable()
export class Uploads extends PeriodicWriter {
  private readonly logger = new Logger('Uploads');

  constructor(
    private readonly imports: ListImportRepository,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {
    super(LOOK_EVERY_MS);
  }

  /** @throws ImportTooLargeError, TooManyImportsError, BadCsvError, BadHeaderError; nothing is kept then */
  async receive(request: UploadRequest): Promise<Upload> {
    const id = newId(this.clock.now());
    try {
      await this.assertRoom(request);
      return await this.store(id, request.hubId, request.body, new CsvScan(request.delimiter));
    } catch (error) {
      // What is still to come is read over, or its sender would not listen to the answer.
      request.body.resume();
      await this.discard(id);
      throw error;
    }
  }

  private async assertRoom({ hubId, length = 0 }: Pick<UploadRequest, 'hubId' | 'length'>): Promise<void> {
    const maximum = this.config.importMaxBytes;
    if (length > maximum) {
      throw new ImportTooLargeError(maximum);
    }
    if ((await this.imports.waitingBytes(hubId)) + length > FILES_WAITING * maximum) {
      throw new TooManyImportsError();
    }
  }

  /** Removes a file unless an import has it. Never throws. */
  async discard(uploadId: string): Promise<void> {
    try {
      while (await this.imports.giveUpSome(uploadId)) {
        await turn();
      }
    } catch (error) {
      this.logger.warn(`A file that nobody imports could not be removed yet: ${String(error)}`);
    }
  }

  async flush(): Promise<void> {
    try {
      const before = newIdAt(this.clock.now() - ORPHANED_AFTER_MS);
      for (let id = await this.imports.findOrphan(before); id; id = await this.imports.findOrphan(before)) {
        while (await this.imports.giveUpSome(id)) {
          await turn();
        }
      }
    } catch (error) {
      this.logger.warn(`Files that nobody imports could not be removed yet: ${String(error)}`);
    }
  }

  private async store(id: string, hubId: string, body: Readable, scan: CsvScan): Promise<Upload> {
    const digest = createHash('sha256');
    let bytes = 0;
    for await (const piece of pieces(body)) {
      if (bytes + piece.length > this.config.importMaxBytes) {
        throw new ImportTooLargeError(this.config.importMaxBytes);
      }
      // Others of the hub may send at the same time, and none of them need have said how much.
      await this.assertRoom({ hubId, length: piece.length });
      digest.update(piece);
      await scanned(scan, piece);
      await this.imports.addPiece({ uploadId: id, hubId, beginOffset: bytes, size: piece.length, content: piece });
      bytes += piece.length;
    }
    const facts = await scan.end();
    return new Upload(id, bytes, digest.digest('hex'), facts);
  }
}

async function scanned(scan: CsvScan, piece: Buffer): Promise<void> {
  for (let begin = 0; begin < piece.length; begin += FEED_BYTES) {
    await scan.feed(piece.subarray(begin, begin + FEED_BYTES));
    await turn();
  }
}

/** What a stream gives, in pieces of one size. */
async function* pieces(stream: Readable): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let size = 0;
  // A refusal in the middle of the file must not cut the connection: it would never arrive.
  const chunks = stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  for await (const chunk of chunks) {
    held.push(chunk);
    size += chunk.length;
    while (size >= PIECE_BYTES) {
      const all = Buffer.concat(held);
      yield all.subarray(0, PIECE_BYTES);
      held = [all.subarray(PIECE_BYTES)];
      size = all.length - PIECE_BYTES;
    }
  }
  if (size > 0) {
    yield Buffer.concat(held);
  }
}

/** Sorts before all ids of later moments. */
function newIdAt(milliseconds: number): string {
  return milliseconds.toString(16).padStart(12, '0').padEnd(24, '0');
}
