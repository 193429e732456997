import { type ApiDocuments } from './documents.js';
import { DOCUMENT_NAMES, type DocumentName } from './texts.js';
import { type ApiOperation } from './types.js';

/** One operation of one document. */
export interface PublishedOperation {
  readonly document: DocumentName;
  /** `GET /v1/hubs/current` */
  readonly name: string;
  readonly operation: ApiOperation;
}

/** All of them, in the order of the documents. */
export function operationsOf(documents: ApiDocuments): PublishedOperation[] {
  return DOCUMENT_NAMES.flatMap((document) =>
    Object.entries(documents[document].paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        document,
        name: `${method.toUpperCase()} ${path}`,
        operation,
      })),
    ),
  );
}

/** Operations that have something in common which a reader sees at once. */
export interface OperationGroup {
  readonly title: string;
  readonly names: readonly string[];
}

type Trait = readonly [title: string, has: (one: PublishedOperation) => boolean];

const DOORS: readonly Trait[] = [
  ['', () => true],
  [' at `/v1`', ({ document }) => document === 'management'],
  [' at `/public-api`', ({ document }) => document.startsWith('public')],
  [' at `/api/v1`', ({ document }) => document === 'account'],
];
const KINDS: readonly Trait[] = [
  ['', () => true],
  [' with a credential', ({ operation }) => operation.security.length > 0],
  [' with a body', ({ operation }) => operation.requestBody !== undefined],
  [' with an access token', (one) => one.document.startsWith('public') && usesBearer(one)],
];

/** The larger ones first. */
export function groupsOf(operations: readonly PublishedOperation[]): OperationGroup[] {
  const groups = DOORS.flatMap(([door, isThere]) =>
    KINDS.map(([kind, isSuch]) => ({
      title: `every operation${door}${kind}`,
      names: operations.filter((one) => isThere(one) && isSuch(one)).map(({ name }) => name),
    })),
  );
  return groups.sort((a, b) => b.names.length - a.names.length);
}

function usesBearer({ operation }: PublishedOperation): boolean {
  return operation.security.some((one) => 'bearerAuth' in one);
}
