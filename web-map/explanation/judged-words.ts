import { t } from '../i18n/language.ts'
import { accuracyWords, distanceWords } from '../i18n/measure-words.ts'
import type { JudgedFix } from './judged-fixes.ts'

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
  return `${boundaryWords(fix)}, ${accuracyWords(fix.radiusM)}: ${evidenceWords(fix)}`
}

/** How deep on its side a fix must lie to prove something: beyond this it is a breach, or compliance. */
export function guardM({ marginM, breachGuardM, complyGuardM }: JudgedFix): number {
  return marginM < 0 ? breachGuardM : complyGuardM
}
