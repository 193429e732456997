export { type ApiDocuments, buildDocuments, renderDocument } from './documents.js';
export { addOpenApiPage, OPENAPI_PATHS } from './page.js';
export { DOCUMENT_NAMES, type DocumentName } from './texts.js';
export { type ApiDocument, type ApiOperation } from './types.js';
export { operationsOf, type PublishedOperation } from './operations.js';
export { PAGES, writeDocuments, writePages } from './write-documents.js';
