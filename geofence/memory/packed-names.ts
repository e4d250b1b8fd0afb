// Names one after the other in one text: a UUID as its sixteen bytes, any other behind its length. Each character of the text
// takes a byte in memory as long as all of them do in the names.
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
/** In place of a length; the empty name has length 1, and so on. */
const UUID_FOLLOWS = 0
const UUID_BYTES = 16

export function packNames(names: readonly string[]): string {
  return names.map(packed).join('')
}

/** All of them, in order. */
export function* namesIn(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += sizeAt(text, at)) yield readAt(text, at)
}

/** The name at a place; there must be one. */
export function nameAt(text: string, place: number): string {
  let at = 0
  for (let before = place; before > 0; before--) at += sizeAt(text, at)
  return readAt(text, at)
}

function packed(name: string): string {
  if (!UUID.test(name)) return `${String.fromCharCode(name.length + 1)}${name}`
  const hex = name.replaceAll('-', '')
  let text = String.fromCharCode(UUID_FOLLOWS)
  for (let at = 0; at < hex.length; at += 2) text += String.fromCharCode(Number.parseInt(hex.slice(at, at + 2), 16))
  return text
}

function sizeAt(text: string, at: number): number {
  const mark = text.charCodeAt(at)
  return 1 + (mark === UUID_FOLLOWS ? UUID_BYTES : mark - 1)
}

function readAt(text: string, at: number): string {
  const name = text.slice(at + 1, at + sizeAt(text, at))
  if (text.charCodeAt(at) !== UUID_FOLLOWS) return name
  let hex = ''
  for (let k = 0; k < UUID_BYTES; k++) hex += name.charCodeAt(k).toString(16).padStart(2, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
