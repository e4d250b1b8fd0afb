// The shapes in which apps send several places at once, each made into the records that the decoder knows:
//
//   an array of any of these          {location: {…}} Traccar Client          {location: [{…}, …]} the same SDK with batches
//   {coords, timestamp, …} alone      {locations: [Feature, …]} Overland: GeoJSON whose properties have timestamp, speed (m/s),
//   horizontal_accuracy, course, altitude, battery_level (0–1), battery_state, device_id        {features: [Feature, …]} the same
import type { OsmandFields } from './osmand-fields.ts'
import { membersOf } from './osmand-json.ts'

type Members = Record<string, unknown>
export type OsmandRecord = OsmandFields | Members
type Unfolded = { records: OsmandRecord[]; isOverland: boolean; wrong: number }

/** At most `max` + 1 records; an item that is no record is counted. `fieldsOf` reads an object that has its values at the top. */
export function unfold(value: unknown, fieldsOf: (members: Members) => OsmandFields, max: number): Unfolded {
  const all: Unfolded = { records: [], isOverland: false, wrong: 0 }
  const take = (item: unknown, around: Members): void => {
    const members = membersOf(item)
    if (all.records.length > max) return
    if (members === undefined) {
      all.wrong++
      return
    }
    const list = [members.locations, members.features, members.location].find(Array.isArray)
    if (list !== undefined) {
      if (members.locations === list || members.features === list) all.isOverland ||= list.some(isFeature)
      for (const inner of list) take(inner, { ...idOf(around), ...idOf(members) })
    } else if (isFeature(members)) all.records.push(featureRecord(members, around))
    else if (membersOf(members.coords) !== undefined)
      all.records.push({ ...idOf(around), ...idOf(members), location: members })
    else if (Object.hasOwn(members, 'device_id') || membersOf(members.location) !== undefined)
      all.records.push({ ...idOf(around), ...members })
    else all.records.push(fieldsOf({ ...idOf(around), ...members }))
  }
  if (Array.isArray(value)) for (const item of value) take(item, {})
  else take(value, {})
  return all
}

function idOf(members: Members): Members {
  const extras = membersOf(members.extras)
  const id = members.device_id ?? members.deviceid ?? members.id ?? extras?.device_id
  return id === undefined || id === null ? {} : { device_id: id }
}

function isFeature(value: unknown): boolean {
  return membersOf(value)?.type === 'Feature'
}

function featureRecord(feature: Members, around: Members): Members {
  const properties = membersOf(feature.properties) ?? {}
  const coordinates = membersOf(feature.geometry)?.coordinates
  const [longitude, latitude] = Array.isArray(coordinates) ? (coordinates as unknown[]) : []
  const {
    altitude,
    speed,
    course,
    horizontal_accuracy: accuracy,
    battery_level: level,
    battery_state: state,
  } = properties
  return {
    ...around,
    ...idOf(properties),
    location: {
      timestamp: properties.timestamp,
      coords: { latitude, longitude, altitude, speed, heading: course, accuracy },
      battery: {
        level,
        ...(typeof state === 'string' && state !== 'unknown' ? { is_charging: state !== 'unplugged' } : {}),
      },
      ...(typeof properties.alarm === 'string' ? { alarm: properties.alarm } : {}),
      extras: {
        wifi: properties.wifi,
        motion: Array.isArray(properties.motion) ? properties.motion.join(',') : undefined,
      },
    },
  }
}
