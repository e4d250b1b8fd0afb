// A TLS port beside the plain one of any listener: it ends the handshake and hands the connection to the listener's server, which
// treats it as any other.

import { constants } from 'node:crypto'
import type { Server, Socket } from 'node:net'
import { createServer, type TLSSocket, type TlsOptions, type Server as TlsServer } from 'node:tls'
import type { Protocol } from '../../../model/report/report.ts'
import type { Intake } from '../../admission/intake.ts'
import { presharedKeyOf } from '../../admission/issued-code.ts'
import { noteTls } from '../../admission/tls-proof.ts'

/** PEM texts. `clientAuthority`: who signs the certificates of bracelets that are registered by their common name. */
export type DeviceTls = { certificate: string; key: string; clientAuthority?: string | undefined }

/** Authenticated encryption only; preshared keys with and without forward secrecy, as small modems can do no better. */
const CIPHERS = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-PSK-CHACHA20-POLY1305',
  'DHE-PSK-AES128-GCM-SHA256',
  'PSK-AES128-GCM-SHA256',
  'PSK-AES256-GCM-SHA384',
].join(':')
const IDENTITY_CHARS_MAX = 64

export class TlsDoor {
  readonly server: TlsServer
  readonly #into: Server
  /** Which preshared key a connection asked for. It has shown that it holds it when the handshake has ended with it. */
  readonly #identities = new WeakMap<TLSSocket, string>()
  readonly #sockets = new Set<Socket>()

  constructor(into: Server, tls: DeviceTls, protocol: Protocol, intake: Intake) {
    this.#into = into
    const { limits, measures, deviceKey } = intake
    const options: TlsOptions = {
      cert: tls.certificate,
      key: tls.key,
      ...(tls.clientAuthority === undefined ? {} : { ca: tls.clientAuthority }),
      requestCert: true,
      // A certificate that nobody has signed may be registered by its fingerprint; `authorize` decides.
      rejectUnauthorized: false,
      handshakeTimeout: limits.tlsHandshakeMs,
      minVersion: 'TLSv1.2',
      // TLS 1.3 can end a handshake without the preshared key that was asked for, and nothing shows whether it did.
      maxVersion: 'TLSv1.2',
      ciphers: CIPHERS,
      honorCipherOrder: true,
      // A resumed session shows neither a certificate nor a key.
      secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
      // A key for every name, so that nobody learns which bracelets have one.
      pskCallback: (socket, identity) => {
        if (identity.length > IDENTITY_CHARS_MAX) return null
        this.#identities.set(socket as TLSSocket, identity)
        return presharedKeyOf(deviceKey, identity)
      },
    }
    this.server = createServer(options)
    this.server.maxConnections = limits.tcpConnectionsMax
    this.server.on('drop', () => measures.cutConnections.inc({ protocol, cause: 'too_many_connections' }))
    this.server.prependListener('connection', (socket: Socket) => this.#accept(socket))
    this.server.on('tlsClientError', (_error, socket) => {
      measures.cutConnections.inc({ protocol, cause: 'tls_failed' })
      socket.destroy()
    })
    this.server.on('secureConnection', (socket) => {
      noteTls(socket, this.#proofOf(socket, tls.clientAuthority !== undefined))
      into.emit('connection', socket)
    })
  }

  /** Takes no more connections; those that were handed over are the listener's. */
  close(): void {
    this.server.close()
  }

  /** Cuts handshakes too. */
  terminate(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  // While the log takes nothing the listener listens to nobody: a failed connect makes a device keep its reports.
  #accept(socket: Socket): void {
    if (!this.#into.listening) {
      socket.destroy()
      return
    }
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
  }

  #proofOf(socket: TLSSocket, hasAuthority: boolean) {
    const { fingerprint256, subject } = socket.getPeerCertificate()
    const identity = this.#identities.get(socket)
    const usesKey = identity !== undefined && socket.getCipher().name.includes('PSK')
    return {
      ...(fingerprint256 === undefined ? {} : { certificateSha256: fingerprint256.replaceAll(':', '').toLowerCase() }),
      ...(hasAuthority && socket.authorized && typeof subject?.CN === 'string' ? { certificateCn: subject.CN } : {}),
      ...(usesKey ? { presharedKeyOf: identity } : {}),
    }
  }
}
