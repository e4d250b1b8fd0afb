/** Says only what went wrong. */
export const QUIET = { debug: () => undefined, info: () => undefined, warn: console.error, error: console.error }
