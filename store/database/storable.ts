// PostgreSQL's text has no NUL and no half surrogate pairs; what a broken device sends has both. A row refused for that
// would be refused for ever, so they become the replacement character.

// Half pairs in plain text become it by themselves when the driver encodes UTF-8.
export function storableText(text: string): string {
  return text.replaceAll('\0', '\ufffd')
}

export function storableJson(value: unknown): string {
  // JSON.stringify escapes NUL and lone halves only; whole pairs stay as they are.
  return JSON.stringify(value).replaceAll(/\\u(0000|d[89a-f][0-9a-f]{2})/g, '\\ufffd')
}
