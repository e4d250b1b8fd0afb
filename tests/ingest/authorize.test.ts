import { expect, test } from 'vitest'
import { authorize, type Sender } from '../../ingest/admission/authorize.ts'
import { Directory } from '../../ingest/admission/directory.ts'
import { Networks } from '../../model/networks.ts'
import type { DirectoryRecord } from '../../model/plan/directory.ts'
import { PROTOCOL, type Protocol } from '../../model/report/report.ts'
import { device, idOnly, SECRET, ward } from './ingest-fixture.ts'

const PROTOCOLS = (Object.keys(PROTOCOL) as Protocol[]).filter((name) => name !== 'gateway')
const CERTIFICATE = 'c'.repeat(64)
const APN = ['10.64.0.0/16', 'fd00:1::/32']

function verdict(record: DirectoryRecord, sender: Partial<Sender> & { protocol: Protocol }, deviceId = 'b') {
  const directory = new Directory()
  directory.replaceAll([record])
  return authorize(directory, sender, deviceId)
}

test.each(PROTOCOLS)('a bracelet registered for another protocol is not heard over %s, secret or not', (protocol) => {
  const other = protocol === 'gt06' ? 'r16h' : 'gt06'
  expect(verdict(idOnly('b', other), { protocol })).toBe('wrong_protocol')
  expect(verdict(device('b', { protocol: other }), { protocol, credential: SECRET })).toBe('wrong_protocol')
})

test.each(['own', 'osmand', 'owntracks'] as const)('over %s an id without a secret is never enough', (protocol) => {
  expect(verdict(idOnly('b', protocol), { protocol })).toBe('bad_credential')
  expect(verdict(idOnly('b', protocol, { networks: APN }), { protocol, address: '10.64.3.2' })).toBe('bad_credential')
  expect(verdict(device('b', { protocol, idSuffices: true }), { protocol, credential: 'x' })).toBe('bad_credential')
  expect(verdict(device('b', { protocol }), { protocol, credential: SECRET })).toBe('secret')
})

test.each(PROTOCOLS)('registered for no protocol: over %s with its own credential or not at all', (protocol) => {
  const { protocol: _, ...rest } = (idOnly('b', 'gt06') as { device: { protocol: string } }).device
  const unregistered = { kind: 'device', device: rest } as DirectoryRecord
  expect(['wrong_protocol', 'bad_credential']).toContain(verdict(unregistered, { protocol, address: '10.64.0.1' }))
  const carriesSecret = ['own', 'osmand', 'owntracks', 'jt808', 'laipac'].includes(protocol)
  const shown = verdict(device('b'), { protocol, credential: SECRET })
  expect(shown).toBe(carriesSecret ? 'secret' : 'bad_credential')
})

test.each(['gt06', 'megastek', 'r16h', 'xexun3'] as const)(
  '%s carries no secret: the id, or the network it came from',
  (protocol) => {
    expect(verdict(idOnly('b', protocol), { protocol })).toBe('id')
    const ofApn = idOnly('b', protocol, { networks: APN })
    expect(verdict(ofApn, { protocol, address: '::ffff:10.64.3.2' })).toBe('network')
    expect(verdict(ofApn, { protocol, address: 'fd00:1:2::9' })).toBe('network')
    for (const address of ['10.65.0.1', '203.0.113.9', 'fd00:2::1', '', undefined])
      expect(verdict(ofApn, { protocol, address }), String(address)).toBe('wrong_network')
  },
)

test('a registered certificate or key must be shown, and the id alone does no longer', () => {
  const certified = idOnly('b', 'gt06', { idSuffices: false, certificateSha256: CERTIFICATE })
  const signed = idOnly('b', 'gt06', { idSuffices: true, certificateCn: 'b.gelang' })
  const shared = idOnly('b', 'gt06', { idSuffices: true, presharedKey: true })
  const tls = (proof: NonNullable<Sender['tls']>) => ({ protocol: 'gt06' as const, tls: proof })
  expect(verdict(certified, tls({ certificateSha256: CERTIFICATE }))).toBe('certificate')
  expect(verdict(signed, tls({ certificateCn: 'b.gelang' }))).toBe('certificate')
  expect(verdict(shared, tls({ presharedKeyOf: 'b' }))).toBe('preshared_key')
  for (const record of [certified, signed, shared]) {
    expect(verdict(record, { protocol: 'gt06' })).toBe('bad_credential')
    expect(verdict(record, tls({ certificateSha256: 'd'.repeat(64), certificateCn: 'c', presharedKeyOf: 'c' }))).toBe(
      'bad_credential',
    )
  }
})

test('a bracelet that requires TLS is not heard without it', () => {
  const record = idOnly('b', 'gt06', { requiresTls: true })
  expect(verdict(record, { protocol: 'gt06' })).toBe('wrong_protocol')
  expect(verdict(record, { protocol: 'gt06', tls: {} })).toBe('id')
})

test('JT/T 808: nothing before the code; a code proves no more than what it was given for', () => {
  const record = idOnly('b', 'jt808')
  const protocol = 'jt808'
  expect(verdict(record, { protocol })).toBe('bad_credential')
  expect(verdict(record, { protocol, credential: 'other', issuedCode: 'code' })).toBe('bad_credential')
  expect(verdict(record, { protocol, credential: 'code', issuedCode: 'code' })).toBe('id')
  expect(verdict(record, { protocol, registers: true })).toBe('id')
  const withTerminalId = device('b', { protocol })
  expect(verdict(withTerminalId, { protocol, registers: true, credential: 'guess' })).toBe('bad_credential')
  expect(verdict(withTerminalId, { protocol, registers: true, credential: SECRET })).toBe('secret')
  expect(verdict(withTerminalId, { protocol, credential: 'code', issuedCode: 'code' })).toBe('secret')
  expect(verdict(idOnly('b', protocol, { settings: { skipsAuthentication: true } }), { protocol })).toBe('id')
})

test('a gateway speaks for its unit’s bracelets that are registered to it or cannot speak themselves', () => {
  const gateway = { gatewayId: 'g', unitPath: 'ditjenpas.jabar' }
  const through = (record: DirectoryRecord) => verdict(record, { protocol: 'gateway', gateway })
  expect(through(ward('b'))).toBe('gateway')
  expect(through(ward('b', { unitPath: 'ditjenpas.jabarbarat' }))).toBe('not_of_this_gateway')
  expect(through(ward('b', { revoked: true }))).toBe('revoked_device')
  const silent = { protocol: undefined as never, secretSha256: undefined as never }
  expect(through(device('b', silent))).toBe('gateway')
  for (const own of [
    device('b'),
    device('b', { protocol: 'own' }),
    idOnly('b', 'gt06'),
    device('b', { ...silent, idSuffices: true }),
    device('b', { ...silent, certificateSha256: CERTIFICATE }),
  ])
    expect(through(own)).toBe('wrong_protocol')
})

test('whether a bracelet was revoked is said only to whoever proves to be it', () => {
  const record = device('b', { protocol: 'osmand', revoked: true })
  expect(verdict(record, { protocol: 'osmand', credential: 'guess' })).toBe('bad_credential')
  expect(verdict(record, { protocol: 'osmand', credential: SECRET })).toBe('revoked_device')
})

test('an invalid range lets nobody in', () => {
  expect(new Networks(['10.0.0.0/33', 'apn', '']).has('10.0.0.1')).toBe(false)
  expect(new Networks(['0.0.0.0/0']).has('fd00::1')).toBe(false)
})
