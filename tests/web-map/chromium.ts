import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const EXECUTABLE = '/usr/bin/chromium'
const SWITCHES =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'

export const chromiumIsHere = existsSync(EXECUTABLE)
if (!chromiumIsHere)
  console.warn(`SKIPPED: ${EXECUTABLE} is not installed; the console is not tested in a browser here`)

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: EXECUTABLE, args: SWITCHES.split(' ') })
}
