/** Whether the exhaustive parts run too: `npm run test:slow`, nightly. Without them a part that stands for the whole. */
export const SLOW_TESTS = process.env.GELANG_SLOW_TESTS === '1'
