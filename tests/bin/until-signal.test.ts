// A server process outlives neither a signal nor the demo that started it, however that ended.
import { type ChildProcess, spawn } from 'node:child_process'
import { afterEach, expect, test } from 'vitest'

const PROGRAM = `
  import { untilSignalOr } from './bin/process/until-signal.ts'
  const serving = setInterval(() => undefined, 1000)
  const ended = untilSignalOr()
  console.log('waiting')
  await ended
  clearInterval(serving)
  console.log('ended in order')
`
let child: ChildProcess | undefined
afterEach(() => child?.kill('SIGKILL'))

function start(stdio: ('ignore' | 'pipe' | 'ipc')[]): {
  said(sentence: string): Promise<void>
  ended: Promise<number>
} {
  const started = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', PROGRAM], { stdio })
  child = started
  let output = ''
  started.stdout!.on('data', (bytes) => {
    output += bytes
  })
  return {
    said: (sentence) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (output.includes(sentence)) resolve()
        }
        started.stdout!.on('data', look)
        started.stdout!.once('end', () => reject(new Error(`it ended without saying '${sentence}'`)))
        look()
      }),
    ended: new Promise((resolve) => started.once('exit', (code) => resolve(code ?? -1))),
  }
}

test('the channel to the process that started it is gone: it ends in order', async () => {
  const { said, ended } = start(['ignore', 'pipe', 'ignore', 'ipc'])
  await said('waiting')
  child!.disconnect()
  await said('ended in order')
  expect(await ended).toBe(0)
})

test('without such a channel it waits for a signal', async () => {
  const { said, ended } = start(['ignore', 'pipe', 'ignore'])
  await said('waiting')
  child!.kill('SIGTERM')
  await said('ended in order')
  expect(await ended).toBe(0)
})
