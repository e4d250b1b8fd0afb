import type { IncidentType } from '../../model/incident/incident.ts'
import { t } from '../i18n/language.ts'
import { distanceWords } from '../i18n/measure-words.ts'
import type { JudgedFix } from './judged-fixes.ts'

const VIOLATIONS: ReadonlySet<IncidentType> = new Set([
  'away_from_required_zone',
  'inside_avoided_zone',
  'off_corridor',
])

/** What the page of an explanation is called: not every alert is a violation. */
export function explanationTitle(type: IncidentType): string {
  return t(VIOLATIONS.has(type) ? 'explain.titleViolation' : 'explain.titleAlert')
}

/** "420 m di luar". */
export function boundaryWords({ distanceM }: Pick<JudgedFix, 'distanceM'>): string {
  return t(distanceM < 0 ? 'explain.outside' : 'explain.inside', { distance: distanceWords(Math.abs(distanceM)) })
}

/** "melanggar", "belum pasti", "patuh"; outside the hours of the condition it is neither. */
export function evidenceWords({ evidence, active }: Pick<JudgedFix, 'evidence' | 'active'>): string {
  return active ? t(`evidence.${evidence}`) : t('evidence.notInForce')
}

/** "420 m di luar, akurasi ±12 m: melanggar". */
export function fixWords(fix: JudgedFix): string {
  return `${boundaryWords(fix)}, ${t('panel.accuracyValue', { metres: Math.round(fix.radiusM) })}: ${evidenceWords(fix)}`
}

/** How deep on its side a fix must lie to prove something: beyond this it is a breach, or compliance. */
export function guardM({ marginM, breachGuardM, complyGuardM }: JudgedFix): number {
  return marginM < 0 ? breachGuardM : complyGuardM
}
