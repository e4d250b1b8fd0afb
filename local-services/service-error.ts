// Every way in which getting or starting a service can fail, each with one sentence and what to do about it.
import { statfsSync } from 'node:fs'

type ServiceErrorCode =
  | 'no-apt'
  | 'no-network'
  | 'no-mirror'
  | 'wrong-architecture'
  | 'wrong-system'
  | 'port-taken'
  | 'disk-full'
  | 'damaged-download'
  | 'no-permission'
  | 'busy'
  | 'docker-away'
  | 'did-not-start'
  | 'did-not-stop'

/** `message` is the sentence and the advice; `detail` the last words of the program that failed. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  readonly code: ServiceErrorCode
  readonly advice: string
  readonly detail: string

  constructor(code: ServiceErrorCode, sentence: string, advice: string, detail = '', options?: { cause: unknown }) {
    super(`${sentence} ${advice}`, options)
    this.code = code
    this.advice = advice
    this.detail = detail
  }
}

export const OWN_SERVICES_ADVICE =
  'Set DATABASE_URL and REDIS_URL to services of your own, or start a Docker engine, and run this again.'

const DISK_FULL = /No space left on device|ENOSPC|Disk quota exceeded|EDQUOT|don't have enough free space/

/** The error for a full disk when the text speaks of one, else undefined. */
export function diskFull(text: string, folder: string): ServiceError | undefined {
  return DISK_FULL.test(text) ? diskFullAt(folder, lastLines(text)) : undefined
}

function diskFullAt(folder: string, detail: string): ServiceError {
  return new ServiceError(
    'disk-full',
    `The disk that holds ${folder} is full.`,
    'Free some space (1 GB is enough to begin) and run this again; what was half written is written anew.',
    detail,
  )
}

/** Throws the error for a full disk when less than this is free. */
export function requireSpace(folder: string, bytes: number): void {
  const disk = statfsSync(folder)
  if (disk.bavail * disk.bsize < bytes)
    throw diskFullAt(folder, `${disk.bavail * disk.bsize} bytes free, ${bytes} needed`)
}

/** The end of a program's output, at most 12 lines. */
export function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-12).join('\n')
}

/** Runs `work` and turns the system's refusals (full disk, no permission) into sentences about the folder. */
export async function withSentences<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    const full = diskFull(code, folder)
    if (full) throw full
    if (!['EACCES', 'EPERM', 'EROFS'].includes(code) || error instanceof ServiceError) throw error
    throw new ServiceError(
      'no-permission',
      `This user may not write in ${folder} (${code}).`,
      'Run as the user who owns it, or remove what another user left there, and run this again.',
      String(error),
      { cause: error },
    )
  }
}
