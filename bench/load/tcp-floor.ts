// The floor under TCP devices: Node's own cost of reading a frame from a socket and writing an answer to it. Nothing is decoded,
// nothing is kept; any chunk gets the ten bytes of a GT06 answer.
import { type AddressInfo, createServer } from 'node:net'

const ANSWER = Buffer.from('787805220001d9dc0d0a', 'hex')

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('data', () => socket.write(ANSWER))
  socket.on('error', () => socket.destroy())
})
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }))
process.on('message', () => process.send!(process.cpuUsage()))
