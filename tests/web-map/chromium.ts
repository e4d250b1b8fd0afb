import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { PATIENCE_MS } from '../setup/patience-ms.ts'

const EXECUTABLE = '/usr/bin/chromium'
const SWITCHES =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'

export const chromiumIsHere = existsSync(EXECUTABLE)
if (!chromiumIsHere)
  console.warn(`SKIPPED: ${EXECUTABLE} is not installed; the console is not tested in a browser here`)

export async function launchChromium(): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: EXECUTABLE, args: SWITCHES.split(' '), timeout: PATIENCE_MS })
  browser.on('context', (context) => context.setDefaultTimeout(PATIENCE_MS))
  return browser
}
