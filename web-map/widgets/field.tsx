import type { ComponentChildren, InputHTMLAttributes, TextareaHTMLAttributes } from 'preact'
import { useId } from 'preact/hooks'
import { t } from '../i18n/language.ts'

type Common = {
  label: string
  name: string
  hint?: string | undefined
  /** What is wrong with what was typed. */
  problem?: string | undefined
  /** What stood there when the form opened; what is typed stays with the input. */
  value?: string | undefined
}
type Props = Common &
  (
    | ({ as?: 'input' } & Omit<InputHTMLAttributes, 'label' | 'name' | 'value'>)
    | ({ as: 'textarea' } & Omit<TextareaHTMLAttributes, 'label' | 'name' | 'value'>)
  )

/** A labelled input with its hint and its error, which a reader hears with it. */
export function Field({ label, name, hint, problem, value = '', as = 'input', ...rest }: Props) {
  const id = useId()
  const about = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(' ')
  const shared = {
    ...rest,
    ...{ id, name, defaultValue: value, 'aria-invalid': problem !== undefined },
    ...(about !== '' && { 'aria-describedby': about }),
  }
  return (
    <div class={`field${problem === undefined ? '' : ' wrong'}`}>
      <label for={id}>
        {label}
        {rest.required ? '' : <small> {t('form.optional')}</small>}
      </label>
      {as === 'textarea' ? <textarea rows={3} {...(shared as object)} /> : <input {...(shared as object)} />}
      {hint && <small id={`${id}-hint`}>{hint}</small>}
      {problem && (
        <small id={`${id}-problem`} class="field-problem">
          {problem}
        </small>
      )}
    </div>
  )
}

type SelectProps = {
  label: string
  name: string
  options: readonly (readonly [value: string, words: string])[]
  value?: string | undefined
  required?: boolean
  hint?: string | undefined
  /** What stands for none of them; absent: it is a field of a form. */
  none?: string
  onInput?(value: string): void
}

/** One of a few; without `required` it may be none. */
export function SelectField({ label, name, options, value = '', required = false, hint, none, onInput }: SelectProps) {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>
        {label}
        {required || none !== undefined ? '' : <small> {t('form.optional')}</small>}
      </label>
      <select
        id={id}
        name={name}
        required={required}
        {...(hint && { 'aria-describedby': `${id}-hint` })}
        onInput={(event) => onInput?.(event.currentTarget.value)}
      >
        {(!required || value === '') && (
          <option value="" selected={value === ''}>
            {none ?? t('form.choose')}
          </option>
        )}
        {options.map(([one, words]) => (
          <option key={one} value={one} selected={one === value}>
            {words}
          </option>
        ))}
      </select>
      {hint && <small id={`${id}-hint`}>{hint}</small>}
    </div>
  )
}

export function FieldGroup({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <fieldset class="field-group">
      <legend>{title}</legend>
      {children}
    </fieldset>
  )
}

/** What stands in a form, by name; what is empty is absent. */
export function textsOf(form: FormData): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const [name, value] of form) {
    const text = typeof value === 'string' ? value.trim() : ''
    if (text !== '') texts[name] = text
  }
  return texts
}
