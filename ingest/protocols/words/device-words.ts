// From a device's own words and codes to the common ones, and what is kept where no word fits.
import type { DeviceSettings } from '../../../model/plan/directory.ts'
import {
  ALARM,
  type Alarm,
  type ContactState,
  type DeviceReport,
  unknownAlarmText,
} from '../../../model/report/report.ts'
import { type Meaning, meaningsOf } from './alarm-words.ts'

const NAMES_MAX = 32
const VALUE_CHARS_MAX = 256
/** All values together: the log keeps 2 KiB of attributes a report, or none of them. */
const CHARS_MAX = 1400
/** Words of one text that are looked at; real ones have one or two. */
const WORDS_MAX = 16
const CONTACTS: readonly string[] = ['strap=open', 'strap=closed', 'case=open', 'case=closed'] satisfies Meaning[]

/** Keeps what has no place in a report; bounded, the first ones win. */
export function keep(report: DeviceReport, name: string, value: string | number | boolean | undefined): void {
  if (value === undefined || value === '' || (typeof value === 'number' && !Number.isFinite(value))) return
  report.attributes ??= {}
  const kept = report.attributes
  const cut = typeof value === 'string' ? visible(value.slice(0, VALUE_CHARS_MAX)) : value
  let chars = String(cut).length
  let names = 0
  for (const key in kept) {
    chars += key.length + String(kept[key]).length
    names++
  }
  if (chars <= CHARS_MAX && names < NAMES_MAX) kept[name] = cut
}

function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
  return text.replace(/[\x00-\x1f\x7f]/g, '?')
}

export function addAlarm(report: DeviceReport, alarm: Alarm): void {
  if (!report.alarms.includes(alarm)) report.alarms.push(alarm)
}

/**
 * An alarm in no table: it means what an Admin TI has mapped it to. Else it opens an incident of its own, so that somebody looks
 * what it means; the first one's text is kept.
 */
export function addUnknown(report: DeviceReport, raw: string, settings: DeviceSettings | undefined): void {
  const text = unknownAlarmText(raw)
  const mapped = own(settings?.mappedAlarms, text)
  if (mapped !== undefined && isMeaning(mapped) && mapped !== 'unknown') {
    addMeaning(report, mapped)
    return
  }
  addAlarm(report, 'unknown')
  report.unknownAlarm ??= text || '?'
}

export function addMeaning(report: DeviceReport, meaning: Meaning): void {
  switch (meaning) {
    case 'none':
      return
    case 'strap=open':
      report.strap = 'open'
      addAlarm(report, 'strapOpen')
      return
    case 'case=open':
      report.case = 'open'
      addAlarm(report, 'caseOpen')
      return
    case 'strap=closed':
      report.strap ??= 'closed'
      return
    case 'case=closed':
      report.case ??= 'closed'
      return
    default:
      addAlarm(report, meaning)
  }
}

/**
 * Adds what `code` means: by the device's own tables, else by the protocol's. A code that is in none is unknown, and `say`
 * is how it is called then. The settings' strap table may take the same code as a strap closing or opening.
 */
export function addByCode(
  report: DeviceReport,
  code: string,
  table: Record<string, Meaning>,
  settings: DeviceSettings | undefined,
  say = code,
): void {
  const strap = strapOf(code, settings)
  const byDevice = own(settings?.alarmCodes, code)
  const meanings: (Meaning | undefined)[] =
    strap !== undefined ? [`strap=${strap}`] : byDevice === undefined ? [own(table, code)] : meaningsOfEntry(byDevice)
  addMeanings(report, meanings, say, settings)
}

/**
 * Adds the alarms of a text whose words are separated by `,`, `|`, `/` or `;`: each by the device's own tables, then by the protocol's
 * own codes, else by the common vocabulary.
 */
export function addWords(
  report: DeviceReport,
  text: string,
  settings: DeviceSettings | undefined,
  table: Record<string, Meaning> = {},
): void {
  const cut = text.slice(0, VALUE_CHARS_MAX)
  const words = namedBySettings(cut.trim(), settings) ? [cut] : cut.split(/[,|/;]/).slice(0, WORDS_MAX)
  for (const word of words) addWord(report, word.trim(), settings, table)
}

/** The same of one word. Nothing is added where it is empty. */
export function addWord(
  report: DeviceReport,
  word: string,
  settings: DeviceSettings | undefined,
  table: Record<string, Meaning> = {},
): void {
  if (word === '') return
  const strap = bySpelling(settings?.strapCodes, word)
  const byDevice = bySpelling(settings?.alarmCodes, word)
  const byProtocol = own(table, word)
  if (strap !== undefined) addMeaning(report, `strap=${strap}`)
  else if (byDevice !== undefined) addMeanings(report, meaningsOfEntry(byDevice), word, settings)
  else if (byProtocol !== undefined) addMeaning(report, byProtocol)
  else addMeanings(report, meaningsOf(word), word, settings)
}

/** None at all, or one that is undefined: unknown, called `say`. */
function addMeanings(
  report: DeviceReport,
  meanings: (Meaning | undefined)[],
  say: string,
  settings: DeviceSettings | undefined,
): void {
  if (meanings.length === 0) addUnknown(report, say, settings)
  for (const meaning of meanings)
    if (meaning === undefined) addUnknown(report, say, settings)
    else addMeaning(report, meaning)
}

/** What an entry of a device's alarm table means: a common word, a contact, or any word of the vocabulary. */
function meaningsOfEntry(entry: string): (Meaning | undefined)[] {
  if (isMeaning(entry)) return [entry]
  const meanings = meaningsOf(entry)
  return meanings.length === 0 ? [undefined] : meanings
}

function isMeaning(text: string): text is Meaning {
  return text === 'none' || Object.hasOwn(ALARM, text) || CONTACTS.includes(text)
}

/** What the device's own strap table says of a raw code. */
export function strapOf(code: string, settings: DeviceSettings | undefined): ContactState | undefined {
  return own(settings?.strapCodes, code)
}

/** A member of a table of codes, never one of its prototype. */
export function own<T>(table: Record<string, T> | undefined, code: string): T | undefined {
  return table !== undefined && Object.hasOwn(table, code) ? table[code] : undefined
}

function namedBySettings(word: string, settings: DeviceSettings | undefined): boolean {
  return bySpelling(settings?.alarmCodes, word) !== undefined || bySpelling(settings?.strapCodes, word) !== undefined
}

/** As `own`, where it is written alike but for case, blanks and signs. */
function bySpelling<T>(table: Record<string, T> | undefined, word: string): T | undefined {
  if (table === undefined) return undefined
  const exact = own(table, word)
  if (exact !== undefined) return exact
  const plain = plainOf(word)
  if (plain === '') return undefined
  for (const key of Object.keys(table)) if (plainOf(key) === plain) return table[key]
  return undefined
}

function plainOf(word: string): string {
  return word.toLowerCase().replace(/[^a-z0-9]/g, '')
}
