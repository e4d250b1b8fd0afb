// What the console and the API exchange about alarms that no table knows.
import type { Wire } from './of-wire.ts'
import type * as wire from './wire-alarm-words.ts'

export type AlarmWord = Wire<typeof wire.alarmWordSchema>
export type AlarmMapping = Wire<typeof wire.alarmMappingSchema>
export type AlarmWords = Wire<typeof wire.alarmWordsSchema>
export type NewAlarmMapping = Wire<typeof wire.newAlarmMappingSchema>
