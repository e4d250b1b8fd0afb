import { join } from 'node:path'
import type { Platform } from './platform.ts'
import { runCommand } from './run-command.ts'
import { lastLines, OWN_SERVICES_ADVICE, ServiceError } from './service-error.ts'

/**
 * Makes programs unpacked under `root` use the loader and C library that came with them, at the place where they will lie (`finalRoot`):
 * the machine's own may be older.
 */
export async function setInterpreter(
  root: string,
  finalRoot: string,
  platform: Platform,
  programs: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const loaderOf = (base: string) => join(base, 'usr/lib', platform.triplet, platform.loader)
  const librariesOf = (base: string) => join(base, 'usr/lib', platform.triplet)
  for (const program of programs) {
    const settings = ['--set-interpreter', loaderOf(finalRoot), '--force-rpath', '--set-rpath', librariesOf(finalRoot)]
    const patchelf = ['--library-path', librariesOf(root), join(root, 'usr/bin/patchelf')]
    const result = await runCommand(loaderOf(root), [...patchelf, ...settings, join(root, program)], { env })
    if (result.code !== 0)
      throw new ServiceError(
        'did-not-start',
        `The downloaded ${program} could not be fitted to this machine.`,
        OWN_SERVICES_ADVICE,
        lastLines(result.output),
      )
  }
}
