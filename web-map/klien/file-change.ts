import type { WearerFile } from '../../model/console/people.ts'

const TEXTS = [
  ...['name', 'birthDate', 'sdpNumber', 'address', 'domicile', 'phone', 'guarantorName', 'guarantorPhone'],
  ...['polsekName', 'polsekPhone', 'risk', 'health', 'pkOfficerId', 'asistenOfficerId'],
] as const
const DECREE = ['programme', 'skNumber', 'skDate', 'skIssuer'] as const

/** What a form changes of the file as it was opened, with the reason; null removes. Undefined: nothing. */
export function changeOf(form: FormData, file: WearerFile): Record<string, unknown> | undefined {
  const change = differences(TEXTS, form, file)
  const needs = form.getAll('needs').map(String)
  if (needs.join() !== (file.needs ?? []).join()) change.needs = needs.length > 0 ? needs : null
  const decree = file.supervision ? differences(DECREE, form, file.supervision) : {}
  if (Object.keys(decree).length > 0) change.decree = decree
  if (Object.keys(change).length === 0) return undefined
  return { ...change, reason: String(form.get('reason') ?? '').trim() }
}

/** Only of fields that the form has. */
function differences(names: readonly string[], form: FormData, known: object): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  for (const name of names) {
    if (!form.has(name)) continue
    const typed = String(form.get(name)).trim()
    const before = (known as Record<string, unknown>)[name] ?? ''
    if (typed !== before) found[name] = typed === '' ? null : typed
  }
  return found
}
