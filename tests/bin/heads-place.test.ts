// Where signed heads go: a file that is synced, syslog by UDP, a receiver by HTTP.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { headsPlace } from '../../bin/process/heads-place.ts'
import { readHeads, signHead } from '../../store/access/signed-heads.ts'

const KEYS = ['k'.repeat(32)]
const HEAD = { seq: 7, hash: 'ab'.repeat(32), timeMs: 1_800_000_000_000 }
const LINE = signHead(HEAD, KEYS)
const folder = mkdtempSync(join(tmpdir(), 'heads-'))
afterAll(() => rmSync(folder, { recursive: true }))

test.each(['', 'file://'])('a file (%s…): lines are added, the last one is read again', async (scheme) => {
  const path = join(folder, `heads${scheme.length}.jsonl`)
  const place = headsPlace(scheme + path, KEYS)
  expect(await place.last()).toBeUndefined()
  await place.write(LINE)
  await place.write(signHead({ ...HEAD, seq: 9 }, KEYS))
  expect(await place.last()).toEqual({ ...HEAD, seq: 9 })
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(3)
  await expect(headsPlace(join(folder, 'missing', 'x'), KEYS).write(LINE)).rejects.toThrow('ENOENT')
})

test('syslog: one datagram, whose line verify reads as it is', async () => {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const heard = once(socket, 'message')
  await headsPlace(`syslog://127.0.0.1:${socket.address().port}`, KEYS).write(LINE)
  const message = String((await heard)[0])
  socket.close()
  expect(message).toMatch(/^<109>1 \S+ \S+ gelang \d+ audit-head - \{"seq":7/)
  expect(readHeads(`Dec  1 00:00:00 host ${message}\n`, KEYS)).toEqual({ heads: [HEAD], forgedLines: [] })
})

test('a receiver: the line is its body; a refusal is an error', async () => {
  let answer = 200
  const bodies: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      bodies.push(body)
      response.writeHead(answer).end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const place = headsPlace(`http://127.0.0.1:${(server.address() as AddressInfo).port}/heads`, KEYS)
  await place.write(LINE)
  answer = 500
  await expect(place.write(LINE)).rejects.toThrow('answered 500')
  server.closeAllConnections()
  server.close()
  expect(bodies).toEqual([LINE, LINE])
})

test('every changed byte of a line makes it a forged one, or none', () => {
  for (let at = 0; at < LINE.length; at++) {
    const changed = LINE.slice(0, at) + String.fromCharCode(LINE.charCodeAt(at) ^ 1) + LINE.slice(at + 1)
    expect(readHeads(changed, KEYS).heads, changed).toEqual([])
    expect(readHeads(LINE.slice(0, at), KEYS).heads).toEqual([])
  }
})
