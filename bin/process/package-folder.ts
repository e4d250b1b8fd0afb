import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The project's own folder: the nearest above this file with a package.json. */
export function packageFolder(): string {
  let folder = import.meta.dirname
  while (!existsSync(join(folder, 'package.json'))) {
    const above = dirname(folder)
    if (above === folder) throw new Error('package.json is not above the program: the installation is not whole')
    folder = above
  }
  return folder
}
