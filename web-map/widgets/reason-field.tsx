import { t } from '../i18n/language.ts'
import { Field } from './field.tsx'

/** The reason that goes with a change: the API takes none that says nothing. */
export function ReasonField() {
  return (
    <Field
      as="textarea"
      label={t('form.reason')}
      name="reason"
      rows={2}
      required
      minLength={10}
      maxLength={500}
      hint={t('form.reasonHint')}
    />
  )
}
