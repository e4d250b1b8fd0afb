// The head of a request as small modems write it, turned into one that an HTTP parser takes: LF line ends, blanks and raw bytes in
// the target, `GET ?id=`, no version, no Host, no length of a body.

/** Longest method name that is looked for: OPTIONS. */
const METHOD_CHARS_MAX = 7
const CLEAN_LINE = /^[A-Z]{3,7} \/[\x21-\x7e]* HTTP\/1\.[01]$/
const HEADER_LINE = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/g
const OUTSIDE_TARGET = /[^\x21-\x7e]/g

export type Head = {
  /** Bytes up to the first of the body. */
  length: number
  /** A parser takes it as it is. */
  isClean: boolean
  method: string
  /** Bytes of the body; `unknown`: it has one, and does not say how long; `chunked`: it says so itself. */
  body: number | 'unknown' | 'chunked'
  /** The head anew, with `length` for the body where it is not chunked. The connection ends after the answer. */
  mended(length: number): Buffer
}

/**
 * The head at the beginning of `bytes`. `partial`: it has not ended yet; `foreign`: this is no HTTP. `isWhole`: no more will come,
 * so the last line ends the head. A target that nothing ends may have been cut: its last number is left out.
 */
export function readHead(bytes: Buffer, isWhole = false): Head | 'partial' | 'foreign' {
  const start = leadingLineEnds(bytes)
  const text = bytes.toString('latin1', start)
  const lineEnd = text.indexOf('\n')
  const line = requestLine(lineEnd < 0 ? text : text.slice(0, lineEnd), lineEnd >= 0)
  if (line === undefined) return lineEnd < 0 && !isWhole && mayBeMethod(text) ? 'partial' : 'foreign'
  const end = headEnd(text)
  if (end === undefined && !isWhole) return 'partial'
  const length = end ?? text.length
  const [first = '', ...rest] = text.slice(0, length).split('\n').map(withoutCr)
  const headers = rest.filter((header) => HEADER_LINE.test(header.replace(CONTROL, '')))
  const hasLoneLf = /(^|[^\r])\n/.test(text.slice(0, length))
  const body = bodyOf(line.method, headers)
  return {
    length: start + length,
    method: line.method,
    body,
    isClean:
      end !== undefined &&
      start === 0 &&
      !hasLoneLf &&
      body !== 'unknown' &&
      CLEAN_LINE.test(first) &&
      rest.every((header) => header === '' || HEADER_LINE.test(header)),
    mended: (bodyLength) => mended(line, headers, body, bodyLength),
  }
}

type RequestLine = { method: string; target: string; version: string }

function requestLine(text: string, hasEnded: boolean): RequestLine | undefined {
  const line = withoutCr(text).trim()
  const blank = line.search(/[ \t]/)
  if (blank < 3 || blank > METHOD_CHARS_MAX || !/^[A-Za-z]+$/.test(line.slice(0, blank))) return undefined
  const rest = line.slice(blank).trim()
  const lastBlank = Math.max(rest.lastIndexOf(' '), rest.lastIndexOf('\t'))
  const version = /^HTTP\/([01])(?:\.([01]))?$/i.exec(rest.slice(lastBlank + 1))
  const whole = version === null ? rest : rest.slice(0, Math.max(0, lastBlank)).trim()
  const target = version === null && !hasEnded ? withoutCutNumber(whole) : whole
  if (target === '') return undefined
  const path = target.replace(/^https?:\/\/[^/?]*/i, '')
  return {
    method: line.slice(0, blank).toUpperCase(),
    target: (path.startsWith('/') ? path : `/${path}`).replace(OUTSIDE_TARGET, percent),
    version: version?.[1] === '1' && version[2] === '1' ? '1.1' : '1.0',
  }
}

/** `lon=10` may be the beginning of `lon=106.8`. */
function withoutCutNumber(target: string): string {
  const last = target.slice(Math.max(target.lastIndexOf('&'), target.lastIndexOf('?')) + 1)
  return !last.includes('=') || /[\d.+-]$/.test(last) ? target.slice(0, target.length - last.length) : target
}

function bodyOf(method: string, headers: string[]): Head['body'] {
  if (valuesOf(headers, 'transfer-encoding').length > 0) return 'chunked'
  const lengths = new Set(valuesOf(headers, 'content-length'))
  const [length] = lengths
  if (lengths.size === 1 && /^\d{1,12}$/.test(length!)) return Number(length)
  if (lengths.size > 0) return 'unknown'
  return method === 'POST' || method === 'PUT' ? 'unknown' : 0
}

function mended({ method, target, version }: RequestLine, headers: string[], body: Head['body'], length: number) {
  const kept = headers.filter((header) => !/^(connection|content-length|expect):/i.test(header)).map(withoutControl)
  if (!kept.some((header) => /^host:/i.test(header))) kept.push('Host: localhost')
  if (body !== 'chunked') kept.push(`Content-Length: ${length}`)
  kept.push('Connection: close')
  return Buffer.from(`${method} ${target} HTTP/${version}\r\n${kept.join('\r\n')}\r\n\r\n`, 'latin1')
}

function valuesOf(headers: string[], name: string): string[] {
  return headers
    .filter((header) => header.length > name.length && header.slice(0, name.length + 1).toLowerCase() === `${name}:`)
    .map((header) => header.slice(name.length + 1).trim())
}

/** After the empty line that ends it. */
function headEnd(text: string): number | undefined {
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    if (text[at + 1] === '\n') return at + 2
    if (text[at + 1] === '\r' && text[at + 2] === '\n') return at + 3
  }
  return undefined
}

function leadingLineEnds(bytes: Buffer): number {
  let at = 0
  while (bytes[at] === 0x0d || bytes[at] === 0x0a) at++
  return at
}

/** A method may still come of it, or the line of one has begun. */
function mayBeMethod(text: string): boolean {
  return /^[A-Za-z]{0,7}([ \t]|$)/.test(text)
}

function withoutCr(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}

function withoutControl(header: string): string {
  return header.replace(CONTROL, '')
}

function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`
}
