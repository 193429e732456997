import { type ObjectLiteral, type SelectQueryBuilder } from 'typeorm';
import { type ResourceQuery } from '../common/query/index.js';

/**
 * Orders and cuts a list by the query: fields that the resource allows, then the id, so that pages never overlap.
 * @param columns the entity property behind each sortable field
 */
export function applyPage<T extends ObjectLiteral>(
  builder: SelectQueryBuilder<T>,
  query: ResourceQuery,
  columns: Readonly<Record<string, string>>,
): SelectQueryBuilder<T> {
  for (const { field, descending } of query.sort) {
    builder.addOrderBy(`${builder.alias}.${columns[field]}`, descending ? 'DESC' : 'ASC');
  }
  if (!query.sort.some(({ field }) => columns[field] === 'id')) {
    builder.addOrderBy(`${builder.alias}.id`, 'ASC');
  }
  return builder.offset(query.page.offset).limit(query.page.size);
}

/** A LIKE pattern that finds the text anywhere; use it with `ESCAPE '!'`, which reads the same on every database. */
export function containing(text: string): string {
  return `%${text.replaceAll(/[!%_]/g, (character) => `!${character}`)}%`;
}
