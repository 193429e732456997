import { type RouteAccess } from '../access/index.js';
import { type AppError } from '../common/errors/index.js';
import { type FlatQuerySpec, type ResourceQuerySpec } from '../common/query/index.js';

export type JsonSchema = Record<string, unknown>;

export interface ApiParameterObject {
  readonly name: string;
  readonly in: 'query' | 'path' | 'header' | 'cookie';
  readonly description?: string;
  readonly required?: boolean;
  readonly example?: unknown;
  readonly style?: 'form';
  readonly explode?: boolean;
  readonly schema?: JsonSchema;
}

export interface ApiExample {
  readonly summary?: string;
  readonly value: unknown;
}

export interface ApiContent {
  readonly schema?: JsonSchema;
  readonly examples?: Readonly<Record<string, ApiExample>>;
}

export interface ApiResponseObject {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly schema: JsonSchema }>>;
  readonly content?: Readonly<Record<string, ApiContent>>;
}

export interface ApiRequestBody {
  readonly description?: string;
  readonly required?: boolean;
  readonly content: Readonly<Record<string, ApiContent>>;
}

export type SecurityRequirement = Readonly<Record<string, readonly string[]>>;

/** The headers of its own that an operation reads and answers with, and the errors that come of them. */
export interface HeaderFacts {
  readonly parameters: readonly ApiParameterObject[];
  readonly errors: readonly AppError[];
  readonly answered: NonNullable<ApiResponseObject['headers']>;
}

/** An operation as it is published. */
export interface ApiOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly tags?: readonly string[];
  readonly security: readonly SecurityRequirement[];
  readonly parameters: readonly ApiParameterObject[];
  readonly requestBody?: ApiRequestBody;
  readonly responses: Readonly<Record<string, ApiResponseObject>>;
  readonly 'x-required-capability'?: string;
  readonly 'x-required-scope'?: string;
  readonly 'x-required-right'?: string;
}

/** An operation as the library makes it, with what our decorators left in it. */
export interface RawOperation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly ApiParameterObject[];
  readonly requestBody?: ApiRequestBody;
  readonly responses: Readonly<Record<string, ApiResponseObject>>;
  readonly 'x-access'?: RouteAccess;
  readonly 'x-resource-query'?: ResourceQuerySpec;
  readonly 'x-flat-query'?: FlatQuerySpec;
  readonly 'x-if-match'?: true;
}

export type ApiPaths = Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;

/** One published document. */
export interface ApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string; readonly description: string }[];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: ApiPaths;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: Readonly<Record<string, JsonSchema>>;
  };
}
