import { describe, it } from 'vitest';
import { GROWTH } from '../campaigns/filter/growth.js';
import { PROPERTIES } from '../campaigns/filter/properties.js';

/** The long form is `npm run prove:filter`. */
const RUNS = 1000;

describe('Over filters, texts and requests at random', () => {
  it.each(PROPERTIES)('$name', ({ check }) => {
    check(RUNS);
  });
});

describe('Twice the text takes no more than some times as long', () => {
  it.each(GROWTH)('$name', ({ check }) => {
    check();
  });
});
