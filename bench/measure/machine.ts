import { availableParallelism, cpus, platform, release, totalmem } from 'node:os'

/** Where a figure was measured; it means little elsewhere. */
export function machine(): { cpu: string; cores: number; memoryMiB: number; node: string; os: string } {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryMiB: Math.round(totalmem() / 1048576),
    node: process.version,
    os: `${platform()} ${release()}`,
  }
}
