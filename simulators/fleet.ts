// A fleet: units, zones, wearers with their conditions, all from one seed. What it describes is written into the database by
// `bin/demo/seed-fleet.ts` and lived by `life.ts`.
import type { EvidenceParameters, WeeklyWindow } from '../model/plan/plan.ts'
import type { ZoneShape } from '../model/plan/zone.ts'
import type { Fleet, FleetCondition, FleetWearer, FleetZone } from './fleet-people.ts'
import { streetsBetween } from './life.ts'
import { offset, type Place } from './place.ts'
import { type Random, randomOf } from './random.ts'
import { KIOSK_EAST_M, SCRIPT_KINDS, type ScriptKind } from './script-kinds.ts'
import { FAMILY_NAMES, GIVEN_NAMES, PROGRAMMES, TOWNS, type Town } from './towns.ts'

type FleetOptions = {
  seed: number
  wearers: number
  intervalMs: number
  /** Every script is played by so many wearers. */
  playersPerScript: number
}

const PK_PER_BAPAS = 2
const CURFEW: WeeklyWindow = { days: [1, 2, 3, 4, 5, 6, 7], from: '20:00', to: '05:00', exceptDates: [] }
const WAY_TO_WORK: WeeklyWindow = { days: [1, 2, 3, 4, 5], from: '06:00', to: '08:30', exceptDates: [] }

/** Deterministic: the same options give the same fleet, secrets included (they open nothing but a simulation). */
export function makeFleet(options: FleetOptions): Fleet {
  const random = randomOf(options.seed)
  const fleet: Fleet = {
    seed: options.seed,
    units: [
      { path: 'ditjenpas', name: 'Direktorat Jenderal Pemasyarakatan', kind: 'ditjenpas', timeZone: 'Asia/Jakarta' },
    ],
    gateways: [],
    officers: [
      { username: 'ditjenpas', name: 'Petugas Ditjenpas', role: 'ditjenpas', unitPath: 'ditjenpas' },
      { username: 'admin', name: 'Admin TI', role: 'admin_ti', unitPath: 'ditjenpas' },
      { username: 'auditor', name: 'Auditor', role: 'auditor', unitPath: 'ditjenpas' },
    ],
    zones: [],
    wearers: [],
  }
  for (const town of TOWNS) addTown(fleet, town, random)
  const players: (ScriptKind | undefined)[] = SCRIPT_KINDS.flatMap((kind) =>
    Array.from({ length: options.playersPerScript }, () => kind),
  )
  const count = Math.max(options.wearers, players.length)
  for (let number = 0; number < count; number++) addWearer(fleet, number, players[number], options, random)
  return fleet
}

function addTown(fleet: Fleet, town: Town, random: Random): void {
  const kanwil = `ditjenpas.${town.kanwil.label}`
  const bapas = `${kanwil}.${town.label}`
  fleet.units.push(
    { path: kanwil, name: town.kanwil.name, kind: 'kanwil', timeZone: town.timeZone },
    { path: bapas, name: `Bapas ${town.name}`, kind: 'bapas', timeZone: town.timeZone },
  )
  fleet.gateways.push({ gatewayId: `gw-${town.label}`, unitPath: bapas, secret: secretOf(random) })
  fleet.officers.push(
    { username: `operator.${town.label}`, name: `Operator ${town.name}`, role: 'operator', unitPath: bapas },
    { username: `kepala.${town.label}`, name: `Kepala Bapas ${town.name}`, role: 'kepala_bapas', unitPath: bapas },
    { username: `kasubsi.${town.label}`, name: `Kasubsi ${town.name}`, role: 'kasubsi', unitPath: bapas },
    { username: `asisten.${town.label}`, name: `Asisten PK ${town.name}`, role: 'asisten_pk', unitPath: bapas },
    { username: `kanwil.${town.label}`, name: `Petugas ${town.kanwil.name}`, role: 'kanwil', unitPath: kanwil },
  )
  for (let pk = 0; pk < PK_PER_BAPAS; pk++)
    fleet.officers.push({
      username: `pk${pk + 1}.${town.label}`,
      name: nameOf(random),
      role: 'pk',
      unitPath: bapas,
      pkNumber: pk,
    })
  const { center } = town
  fleet.zones.push(
    {
      key: `${town.label}/wilayah`,
      name: `Wilayah ${town.name}`,
      unitPath: bapas,
      shape: { type: 'Polygon', coordinates: [around(center, 24, 14_000, 3000, random)] },
    },
    {
      key: `${town.label}/sekolah`,
      name: `Sekolah ${town.name}`,
      unitPath: bapas,
      shape: { type: 'Polygon', coordinates: [around(offset(center, 2600, 2400), 10, 180, 40, random)] },
    },
    {
      key: `${town.label}/pasar`,
      name: `Pasar dan terminal ${town.name}`,
      unitPath: bapas,
      shape: {
        type: 'MultiPolygon',
        coordinates: [
          [
            around(offset(center, -3200, 2800), 12, 260, 40, random),
            around(offset(center, -3200, 2800), 8, 60, 8, random).reverse(),
          ],
          [around(offset(center, -3900, 3300), 8, 140, 20, random)],
        ],
      },
    },
  )
}

/** A closed ring of `corners` corners around `center`. */
function around(center: Place, corners: number, radiusM: number, unevenM: number, random: Random): [number, number][] {
  const ring: [number, number][] = []
  for (let i = 0; i < corners; i++) {
    const angle = (2 * Math.PI * i) / corners
    const r = radiusM + random.between(-unevenM, unevenM)
    const corner = offset(center, r * Math.cos(angle), r * Math.sin(angle))
    ring.push([round7(corner.lonDeg), round7(corner.latDeg)])
  }
  ring.push(ring[0]!)
  return ring
}

function addWearer(
  fleet: Fleet,
  number: number,
  script: ScriptKind | undefined,
  options: FleetOptions,
  random: Random,
): void {
  const town = TOWNS[number % TOWNS.length]!
  const bapas = `ditjenpas.${town.kanwil.label}.${town.label}`
  const somewhere = (fromM: number, toM: number): Place => {
    const angle = random.between(0, 2 * Math.PI)
    const r = random.between(fromM, toM)
    return offset(town.center, r * Math.cos(angle), r * Math.sin(angle))
  }
  const home = somewhere(500, 2200)
  const work = offset(town.center, random.between(-1800, 1800), random.between(-2600, -900))
  const wearer: FleetWearer = {
    number,
    name: nameOf(random),
    nik: String(3_300_000_000_000_000 + random.integer(0, 999_999_999) * 10 + (number % 10)),
    unitPath: bapas,
    pkNumber: number % PK_PER_BAPAS,
    timeZone: town.timeZone,
    programme: random.pick(PROGRAMMES),
    skNumber: `SIM-${fleet.seed}-${String(number + 1).padStart(5, '0')}`,
    deviceId: `SIM${String(fleet.seed).padStart(4, '0')}${String(number).padStart(6, '0')}`,
    secret: secretOf(random),
    via: number % 3 === 0 ? 'osmand' : 'gateway',
    uploads: random.next() < 0.5 ? 'oldest' : 'newest',
    intervalMs: options.intervalMs,
    home,
    work,
    mosque: offset(home, random.between(-220, 220), random.between(150, 300)),
    market: somewhere(200, 900),
    gridDeg: random.between(0, 90),
    conditions: [],
    ...(script === undefined ? {} : { script }),
  }
  const homeZone: FleetZone = {
    key: `home/${number}`,
    name: `Rumah klien ${number + 1}`,
    unitPath: bapas,
    shape: { type: 'Circle', center: [round7(home.lonDeg), round7(home.latDeg)], radiusM: 100 },
  }
  fleet.zones.push(homeZone)
  wearer.conditions = conditionsOf(wearer, town, script)
  if (wearer.conditions.some((condition) => condition.kind === 'corridor'))
    fleet.zones.push(corridorOf(wearer, bapas, options.seed))
  if (script === 'crossing') fleet.zones.push(kioskOf(wearer, bapas, 60))
  if (script === 'enter_avoided') fleet.zones.push(kioskOf(wearer, bapas, 100))
  fleet.wearers.push(wearer)
}

const CONTRACT = (item: number) => `Kontrak bimbingan butir ${item}`

function conditionsOf(wearer: FleetWearer, town: Town, script: ScriptKind | undefined): FleetCondition[] {
  const quick: EvidenceParameters | undefined =
    script === undefined ? undefined : { unverifiableAfterMs: 15_000, warningRingM: 60 }
  const own = <T extends FleetCondition>(condition: T): FleetCondition =>
    quick === undefined ? condition : { ...condition, parameters: quick }
  const home: FleetCondition = {
    kind: 'required',
    zoneKey: `home/${wearer.number}`,
    legalBasis: CONTRACT(3),
    ...(script === undefined ? { windows: [CURFEW] } : {}),
  }
  const all: FleetCondition[] = [
    own(home),
    { kind: 'avoided', zoneKey: `${town.label}/sekolah`, legalBasis: CONTRACT(5) },
    { kind: 'avoided', zoneKey: `${town.label}/pasar`, legalBasis: CONTRACT(5) },
    { kind: 'region', zoneKey: `${town.label}/wilayah`, legalBasis: CONTRACT(2) },
  ]
  if (script === 'off_corridor')
    return [own({ kind: 'corridor', zoneKey: `corridor/${wearer.number}`, legalBasis: CONTRACT(7) }), ...all.slice(3)]
  if (script === 'enter_avoided' || script === 'crossing')
    return [{ kind: 'avoided', zoneKey: `kiosk/${wearer.number}`, legalBasis: CONTRACT(6) }, ...all.slice(3)]
  if (wearer.number % 5 === 4 && script === undefined)
    all.push({
      kind: 'corridor',
      zoneKey: `corridor/${wearer.number}`,
      windows: [WAY_TO_WORK],
      legalBasis: CONTRACT(7),
    })
  return all
}

/** The streets from home to work; for who leaves it by script, a straight one. */
function corridorOf(wearer: FleetWearer, unitPath: string, seed: number): FleetZone {
  const leaves = wearer.script === 'off_corridor'
  const line = leaves
    ? [wearer.home, offset(wearer.home, 1500, 0)]
    : streetsBetween(seed, wearer.number, wearer.home, wearer.work, wearer.gridDeg).points
  const coordinates = line.map((p): [number, number] => [round7(p.lonDeg), round7(p.latDeg)])
  const shape: ZoneShape = { type: 'Corridor', coordinates, widthM: leaves ? 120 : 240 }
  return { key: `corridor/${wearer.number}`, name: `Jalur kerja klien ${wearer.number + 1}`, unitPath, shape }
}

/** A small avoided zone close to home. */
function kioskOf(wearer: FleetWearer, unitPath: string, radiusM: number): FleetZone {
  const at = offset(wearer.home, KIOSK_EAST_M, 0)
  const shape: ZoneShape = { type: 'Circle', center: [round7(at.lonDeg), round7(at.latDeg)], radiusM }
  return { key: `kiosk/${wearer.number}`, name: `Zona larangan klien ${wearer.number + 1}`, unitPath, shape }
}

function nameOf(random: Random): string {
  return `${random.pick(GIVEN_NAMES)} ${random.pick(FAMILY_NAMES)}`
}

function secretOf(random: Random): string {
  return Array.from({ length: 6 }, () =>
    Math.floor(random.next() * 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('')
}

function round7(degrees: number): number {
  return Math.round(degrees * 1e7) / 1e7
}
