import { promisify } from 'node:util'
import { unzip } from 'node:zlib'

const unzipAsync = promisify(unzip)

/** The body as it was before it was compressed. One that is not compressed as its header says is given as it came. */
export async function inflateBody(
  body: Buffer,
  encoding: string | string[] | undefined,
  bytesMax: number,
): Promise<Buffer | 'too_large'> {
  if (typeof encoding !== 'string' || !/^(x-)?(gzip|deflate)$/i.test(encoding.trim())) return body
  try {
    return await unzipAsync(body, { maxOutputLength: bytesMax })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ERR_BUFFER_TOO_LARGE') return 'too_large'
    if (code?.startsWith('Z_')) return body
    throw error
  }
}
