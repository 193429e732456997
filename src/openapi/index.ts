export { type ApiDocuments, buildDocuments, renderDocument } from './documents.js';
export { addOpenApiPage, OPENAPI_PATHS } from './page.js';
export { DOCUMENT_NAMES, type DocumentName } from './texts.js';
export { type ApiDocument, type ApiOperation } from './types.js';
export { writeDocuments } from './write-documents.js';
