// Every limit of ingest in one table. docs/limits.md lists them with the tests that reach them.

import { QUARANTINE_QUOTA_MAX } from '../stream/logs/quarantine-log.ts'
import type { Rate } from './admission/buckets.ts'

/** For a sender whose share of the quarantine is used up; the record takes from it every second, when it can. */
export const NOT_KEPT_RETRY_SECONDS = '60'

export type IngestLimits = {
  /** Body of one request to the own API. */
  bodyBytesMax: number
  /** Bodies that have begun to arrive, over all connections of a listener; above it requests are answered 503. */
  bodiesBytesMax: number
  /** Reports in one request or one gateway frame. */
  batchReportsMax: number
  /** Body of one request of a device protocol over HTTP. */
  protocolBodyBytesMax: number
  /** Request line and headers together. */
  headerBytesMax: number
  headersTimeoutMs: number
  /** From the first byte of a request to the last of its body. */
  requestTimeoutMs: number
  keepAliveMs: number
  /** A body that does not say its length has ended when nothing of it came for so long. */
  bodyQuietMs: number
  httpConnectionsMax: number

  gatewayConnectionsMax: number
  gatewayFrameBytesMax: number
  /** Handles of compact frames run from 0 to below this. */
  gatewayHandlesMax: number
  /** Reports of one gateway connection that are not acknowledged; above it its socket is not read. */
  gatewayUnacknowledgedReportsMax: number
  /** Frames of one gateway connection that are not acknowledged. */
  gatewayUnacknowledgedFramesMax: number
  /** Acknowledgements that the gateway does not fetch. */
  gatewayUnsentBytesMax: number
  /** A gateway that has not answered a ping by the next one is cut. */
  gatewayPingMs: number
  gatewayMalformedFramesMax: number

  /** Open ones, and those that are gone while what they sent is not in the log yet. */
  tcpConnectionsMax: number
  /** Of one bracelet on one listener. */
  tcpConnectionsPerIdMax: number
  /** Of one address on one listener, that have named no known bracelet yet. */
  tcpUnidentifiedPerAddressMax: number
  /** Until a connection has named a known device. */
  tcpIdentifyMs: number
  tcpIdleMs: number
  /** From the connect to the end of a TLS handshake. */
  tlsHandshakeMs: number
  frameBytesMax: number
  datagramBytesMax: number
  /** Datagrams a second from one address; beyond, only what is urgent is taken. Thousands of bracelets may share one. */
  datagramsByAddress: Rate
  /** Datagrams of one listener on their way to the log; beyond, new ones are dropped and counted. */
  udpPendingMax: number
  /** Addresses with a port, of one listener, of which it is known what they have shown; of fewer the decoder is kept. */
  udpSessionsMax: number
  udpDecodersMax: number
  /** Bytes outside any frame that a connection may send before it is cut. */
  garbageBytesMax: number
  /** Frames of one connection that could not be decoded before it is cut. */
  malformedFramesMax: number
  /** Wrong codes of one connection, where the protocol has a word for that, before it is cut. */
  tcpRefusalsMax: number
  /** Replies that the device does not fetch. */
  tcpUnsentBytesMax: number
  /** While the log takes nothing: how often what devices that are never answered have sent is tried again, and of how many. */
  heldRetryMs: number
  heldRetriesAtOnce: number

  /** How far a report's time may lie ahead of ours. */
  futureMsMax: number
  /** How old a report may be. Wrong years and GPS week rollovers lie behind it; what a bracelet can have stored does not. */
  ancientMsMax: number
  /** One device's steady rate, and what it may upload at once after an outage. */
  deviceReportsPerSecond: number
  deviceBurstReports: number
  /** Reports a second of senders who prove nothing: of one address, and for the bracelets of one unit. Urgent ones do not count. */
  unprovenByAddress: Rate
  unprovenByUnit: Rate
  /** Wrong secrets answered at once: from one address, and for one bracelet or gateway; the others wait, at most so long. */
  wrongTriesByAddress: Rate
  wrongTriesByName: Rate
  wrongTryWaitMsMax: number
  wrongTriesWaitingMax: number
  /** Addresses, units and names of which it is known how much they sent; the ones that are silent for longest are forgotten. */
  bucketNamesMax: number
  /** Reports waiting for the log over all connections; above it sockets are not read. Below the appender's own limit. */
  logPendingReportsHigh: number
  /** Kept in quarantine of those who could not say who they are, all together; the rest is only counted. */
  strangersQuarantinedPerSecond: number
  /** Entries of the quarantine that one sender may fill before the record has taken them; who has is asked after this long. */
  quarantineQuotaMax: number
  quarantineAskMs: number
  /** How often senders are reported to Redis, and disputes are read. */
  sendersReportedMs: number
  /** What is under way when ingest shuts down is given this long. */
  shutdownMs: number
}

export const INGEST_LIMITS: IngestLimits = {
  bodyBytesMax: 4 * 1024 * 1024,
  bodiesBytesMax: 256 * 1024 * 1024,
  batchReportsMax: 10_000,
  protocolBodyBytesMax: 256 * 1024,
  headerBytesMax: 16 * 1024,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveMs: 75_000,
  bodyQuietMs: 500,
  httpConnectionsMax: 20_000,

  gatewayConnectionsMax: 2000,
  gatewayFrameBytesMax: 4 * 1024 * 1024,
  gatewayHandlesMax: 262_144,
  gatewayUnacknowledgedReportsMax: 20_000,
  gatewayUnacknowledgedFramesMax: 1000,
  gatewayUnsentBytesMax: 1024 * 1024,
  gatewayPingMs: 30_000,
  gatewayMalformedFramesMax: 20,

  tcpConnectionsMax: 20_000,
  tcpConnectionsPerIdMax: 4,
  tcpUnidentifiedPerAddressMax: 10_000,
  tcpIdentifyMs: 30_000,
  tcpIdleMs: 20 * 60_000,
  tlsHandshakeMs: 20_000,
  frameBytesMax: 64 * 1024,
  datagramBytesMax: 8 * 1024,
  datagramsByAddress: { perSecond: 5000, burst: 20_000 },
  udpPendingMax: 5000,
  udpSessionsMax: 20_000,
  udpDecodersMax: 500,
  garbageBytesMax: 16 * 1024,
  malformedFramesMax: 20,
  tcpRefusalsMax: 3,
  tcpUnsentBytesMax: 64 * 1024,
  heldRetryMs: 500,
  heldRetriesAtOnce: 8,

  futureMsMax: 10 * 60_000,
  ancientMsMax: 360 * 86_400_000,
  deviceReportsPerSecond: 100,
  deviceBurstReports: 20_000,
  unprovenByAddress: { perSecond: 100_000, burst: 1_000_000 },
  unprovenByUnit: { perSecond: 100_000, burst: 1_000_000 },
  wrongTriesByAddress: { perSecond: 5, burst: 100 },
  wrongTriesByName: { perSecond: 1, burst: 20 },
  wrongTryWaitMsMax: 2000,
  wrongTriesWaitingMax: 2000,
  bucketNamesMax: 50_000,
  logPendingReportsHigh: 60_000,
  strangersQuarantinedPerSecond: 50,
  quarantineQuotaMax: QUARANTINE_QUOTA_MAX,
  quarantineAskMs: 1000,
  sendersReportedMs: 500,
  shutdownMs: 10_000,
}
