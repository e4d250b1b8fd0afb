// What a TLS connection has proven in its handshake, kept beside the socket.
export type TlsProof = {
  /** SHA-256 of the client's certificate, hex. */
  certificateSha256?: string
  /** Its common name, only where one of our authorities has signed it. */
  certificateCn?: string
  /** Who holds the preshared key of the session. */
  presharedKeyOf?: string
}

const proofs = new WeakMap<object, TlsProof>()

export function noteTls(socket: object, proof: TlsProof): void {
  proofs.set(socket, proof)
}

/** Undefined: the connection is not encrypted, as far as we know. */
export function tlsOf(socket: object): TlsProof | undefined {
  return proofs.get(socket)
}
