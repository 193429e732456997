import { describe, expect, it } from 'vitest';
import { ForbiddenError, InvalidInputError } from '../errors/index.js';
import { renderError } from './error-body.js';

const ID = 'a-request';

describe('the error body of the account door', () => {
  it('is a message with its code and the request, and nothing else', () => {
    const error = new ForbiddenError('Not you.', { extra: { capability: 'x' }, source: '/x', log: { secret: 1 } });
    const { status, contentType, body } = renderError(error, 'account', ID);
    expect([status, contentType]).toEqual([403, 'application/json; charset=utf-8']);
    expect(JSON.parse(JSON.stringify(body))).toEqual({ error: 'Not you.', code: '403.permissions', requestId: ID });
  });

  it('knows no 422: status and code say 400, and it lists where', () => {
    const error = new InvalidInputError('name is required.', { source: '/name' }, '422.missing-argument');
    const { status, body } = renderError(error, 'account', ID);
    const problem = { loc: ['body', 'name'], msg: 'name is required.', type: 'missing' };
    expect(status).toBe(400);
    expect(body).toEqual({
      error: 'name is required.',
      code: '400.missing-argument',
      requestId: ID,
      validation_errors: [problem],
    });
  });

  it.each([
    ['', ['body']],
    ['/actions/firewall/0/type', ['body', 'actions', 'firewall', 0, 'type']],
    ['/query/colour', ['query', 'colour']],
    ['/a~1b/c~0d/01', ['body', 'a/b', 'c~d', '01']],
  ])('reads the pointer %j as %j', (source, loc) => {
    const { body } = renderError(new InvalidInputError('No.', { source }), 'account', ID);
    expect(body['validation_errors']).toEqual([{ loc, msg: 'No.', type: 'value_error' }]);
  });

  it('lists the problems that the error names itself', () => {
    const problems = [{ loc: ['body', 'filter_str', 17], msg: 'Here.', type: 'filter_syntax' }];
    const error = new InvalidInputError('No.', { source: '/filter_str', problems });
    expect(renderError(error, 'account', ID).body['validation_errors']).toEqual(problems);
    expect(JSON.stringify(renderError(error, 'management', ID).body)).not.toContain('filter_syntax');
    expect(JSON.stringify(renderError(error, 'public', ID).body)).not.toContain('filter_syntax');
  });
});
