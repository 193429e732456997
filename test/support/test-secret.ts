/** Apart from `test-app`, so that what runs outside Vitest can start servers too. */
export const TEST_SECRET = 'a-secret-for-tests-only-0123456789abcdef';
