import { Readable } from 'node:stream';
import { type CanActivate, type ExecutionContext, createParamDecorator, Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { InvalidInputError, UnsupportedMediaTypeError } from '../../common/errors/index.js';
import { type ImportQuery } from './dto/list-import.dto.js';
import { type ImportTarget } from './import-actors.js';
import { ListImportService } from './list-import.service.js';
import { Upload } from './upload.js';
import { Uploads } from './uploads.js';

/**
 * Receives the body of an import, once it is known that its sender may import: before the transaction of the request
 * begins, which would otherwise hold the database for as long as the file takes to come.
 */
@Injectable()
export class UploadGuard implements CanActivate {
  constructor(
    private readonly imports: ListImportService,
    private readonly uploads: Uploads,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest<{ Params: { listId?: string } }>>();
    const { principal, body, headers } = request;
    if (!principal) {
      return false;
    }
    const query = request.parsedQuery as ImportQuery;
    await this.imports.assertMayBegin(principal, targetOf(request.params.listId, query), query.name);
    assertCsv(headers['content-type']);
    if (!(body instanceof Readable)) {
      throw new UnsupportedMediaTypeError('Send the file as text/csv.');
    }
    const announced = headers['content-length'];
    const length = announced === undefined ? undefined : Number(announced);
    const upload = await this.uploads.receive({ hubId: principal.hubId, body, length, delimiter: query.delimiter });
    http.getResponse<FastifyReply>().raw.once('close', () => void this.uploads.discard(upload.id));
    request.body = upload;
    return true;
  }
}

export function targetOf(listId: string | undefined, { mode }: Pick<ImportQuery, 'mode'>): ImportTarget {
  return listId === undefined || mode === 'create'
    ? { mode: 'create' }
    : { mode: mode === 'replace' ? 'replace' : 'append', listId };
}

/** The file that the guard has received. */
export const Uploaded = createParamDecorator((_: unknown, context: ExecutionContext): Upload => {
  return context.switchToHttp().getRequest<FastifyRequest<{ Body: Upload }>>().body;
});

/** RFC 4180 §3: the parameters of the type. */
function assertCsv(type = ''): void {
  if (!/^text\/csv *(?:;|$)/i.test(type)) {
    throw new UnsupportedMediaTypeError('Send the file as text/csv.');
  }
  const charset = /; *charset *= *"?([^";, ]+)/i.exec(type)?.[1] ?? 'utf-8';
  if (!['utf-8', 'utf8', 'us-ascii'].includes(charset.toLowerCase())) {
    throw new UnsupportedMediaTypeError('Send the file in UTF-8: text/csv; charset=utf-8.');
  }
  if (/; *header *= *"?absent/i.test(type)) {
    throw new InvalidInputError('The first line of the file must name the columns (header=present).', {
      source: '/body',
    });
  }
}
