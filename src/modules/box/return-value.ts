import { type OutboundAnswer } from '../outbound/index.js';
import { BoxAnswerError } from './box-call.errors.js';
import { jsonOf, mediaTypeOf, textOf } from './box-client.js';
import { type ReturnType } from './box-told.js';
import { type Box } from './box.entity.js';

/**
 * What a function returned, as the text that goes to the caller. The box answers with a JSON value, or with plain text;
 * nothing at all where it returns nothing. @throws BoxAnswerError for what is no value of the type
 */
export function returnValueOf(box: Box, type: ReturnType, answer: OutboundAnswer): string {
  const value = answer.body.length === 0 ? null : valueOf(box, type, answer);
  if (type === 'None') {
    return '';
  }
  if (!fits(value, type)) {
    throw new BoxAnswerError(box.boxId, `returned what is no ${type}.`);
  }
  return String(value);
}

function valueOf(box: Box, type: ReturnType, answer: OutboundAnswer): unknown {
  switch (mediaTypeOf(answer.headers['content-type'])) {
    case 'application/json':
      return jsonOf(box, answer);
    case 'text/plain':
      return fromText(type, textOf(box, answer.body));
    default:
      throw new BoxAnswerError(box.boxId, 'answered with something else than a return value.');
  }
}

/** .NET writes `True`, and a line end is no part of a number. */
function fromText(type: ReturnType, text: string): unknown {
  switch (type) {
    case 'Boolean':
      return /^\s*(?:true|false)\s*$/i.test(text) ? text.trim().toLowerCase() === 'true' : undefined;
    case 'Number':
      return /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i.test(text) ? Number(text) : undefined;
    case 'String':
    case 'None':
      return text;
  }
}

function fits(value: unknown, type: Exclude<ReturnType, 'None'>): boolean {
  switch (type) {
    case 'Boolean':
      return typeof value === 'boolean';
    case 'Number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'String':
      return typeof value === 'string';
  }
}
