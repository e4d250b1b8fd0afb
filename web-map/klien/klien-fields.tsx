import { NEEDS, PROGRAMMES, RISKS } from '../../model/console/file-terms.ts'
import type { Guide, WearerFile } from '../../model/console/people.ts'
import { t } from '../i18n/language.ts'
import { programmeWords } from '../i18n/programme-words.ts'
import { Field, FieldGroup, SelectField } from '../widgets/field.tsx'

const PHONE = { type: 'tel', pattern: '[0-9+\\(\\) \\-]{3,30}', maxLength: 30, inputMode: 'tel' } as const

/** Who the klien is, where they live, whom to call, what to mind; `children` of the identity come from the form itself. */
export function PersonFields({ file = {} }: { file?: Partial<WearerFile> }) {
  return (
    <>
      <FieldGroup title={t('klien.section.contact')}>
        <Field label={t('klien.address')} name="address" value={file.address} maxLength={300} />
        <Field
          label={t('klien.domicile')}
          name="domicile"
          value={file.domicile}
          maxLength={300}
          hint={t('klien.domicileHint')}
        />
        <Field label={t('klien.phone')} name="phone" value={file.phone} {...PHONE} />
      </FieldGroup>
      <FieldGroup title={t('klien.section.guarantor')}>
        <Field label={t('klien.guarantorName')} name="guarantorName" value={file.guarantorName} maxLength={120} />
        <Field label={t('klien.guarantorPhone')} name="guarantorPhone" value={file.guarantorPhone} {...PHONE} />
        <Field label={t('klien.polsekName')} name="polsekName" value={file.polsekName} maxLength={120} />
        <Field label={t('klien.polsekPhone')} name="polsekPhone" value={file.polsekPhone} {...PHONE} />
      </FieldGroup>
      <FieldGroup title={t('klien.section.care')}>
        <SelectField
          label={t('klien.risk')}
          name="risk"
          value={file.risk}
          options={RISKS.map((one) => [one, t(`klien.risk.${one}`)])}
        />
        <Needs chosen={file.needs ?? []} />
        <Field
          as="textarea"
          label={t('klien.health')}
          name="health"
          value={file.health}
          maxLength={500}
          hint={t('klien.healthHint')}
        />
      </FieldGroup>
    </>
  )
}

function Needs({ chosen }: { chosen: readonly string[] }) {
  return (
    <fieldset class="choices">
      <legend>{t('klien.needs')}</legend>
      {NEEDS.map((one) => (
        <label key={one}>
          <input type="checkbox" name="needs" value={one} defaultChecked={chosen.includes(one)} />
          {t(`klien.need.${one}`)}
        </label>
      ))}
    </fieldset>
  )
}

export function IdentityFields({ file = {} }: { file?: Partial<WearerFile> }) {
  return (
    <>
      <Field label={t('klien.name')} name="name" value={file.name} required maxLength={120} autocomplete="off" />
      <Field label={t('klien.birthDate')} name="birthDate" value={file.birthDate} type="date" />
      <Field label={t('klien.sdpNumber')} name="sdpNumber" value={file.sdpNumber} maxLength={64} />
    </>
  )
}

export function DecreeFields({ supervision }: { supervision?: Partial<NonNullable<WearerFile['supervision']>> }) {
  return (
    <>
      <SelectField
        label={t('klien.programme')}
        name="programme"
        required
        value={supervision?.programme}
        options={PROGRAMMES.map((one) => [one, programmeWords(one)])}
      />
      <Field label={t('klien.skNumber')} name="skNumber" value={supervision?.skNumber} required maxLength={100} />
      <Field label={t('klien.skDate')} name="skDate" value={supervision?.skDate} type="date" />
      <Field label={t('klien.skIssuer')} name="skIssuer" value={supervision?.skIssuer} maxLength={120} />
    </>
  )
}

type GuideProps = {
  guides: readonly Guide[]
  pk?: string | undefined
  asisten?: string | undefined
  /** The PK cannot be left open. */
  required: boolean
}

export function GuideFields({ guides, pk, asisten, required }: GuideProps) {
  const of = (role: Guide['role']) =>
    guides.filter((one) => one.role === role).map(({ id, name }) => [id, name] as const)
  return (
    <>
      <SelectField label={t('klien.pk')} name="pkOfficerId" required={required} value={pk} options={of('pk')} />
      <SelectField label={t('klien.asisten')} name="asistenOfficerId" value={asisten} options={of('asisten_pk')} />
    </>
  )
}
