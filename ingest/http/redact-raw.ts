const RAW_BYTES_MAX = 4096
const GONE = 'REDACTED'

/** Bytes that are no request, as quarantine keeps them: without what may be a credential in a header, a query or the path. */
export function redactRaw(packet: Buffer): Buffer {
  const text = packet
    .toString('latin1', 0, RAW_BYTES_MAX)
    .replace(/(authorization|cookie|token|password|secret)([ \t"]{0,8}[:=])[^\r\n&]*/gi, `$1$2${GONE}`)
    .replace(/^([A-Za-z]{3,7}[ \t]{1,8}\/)[^\s?]+/, `$1${GONE}`)
  return Buffer.from(text, 'latin1')
}
