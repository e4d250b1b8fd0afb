import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { Icon } from './marks.tsx'

type Props = {
  title: string
  /** Name of what opens this page, for the focus. */
  returns: string
  /** Where the way back leads. */
  back: string
  href: string
  mark?: ComponentChildren
}

/**
 * Head of a page of the panel. Takes the focus when the page opens, and gives it back to what opened it: the element with
 * `data-returns` of the same name, in the panel or, where there is none, anywhere.
 */
export function PageHead({ title, returns, back, href, mark }: Props) {
  const heading = useRef<HTMLHeadingElement>(null)
  // At once: who leaves again before the next frame is given the focus back, too.
  useLayoutEffect(() => {
    heading.current?.focus()
    return () => void requestAnimationFrame(() => giveFocusBack(returns))
  }, [])
  return (
    <div class="page-head">
      <a class="back" href={href}>
        <Icon name="back" size={16} />
        {back}
      </a>
      <h2 ref={heading} tabIndex={-1}>
        {mark}
        <span>{title}</span>
      </h2>
    </div>
  )
}

function giveFocusBack(returns: string): void {
  if (document.activeElement !== document.body) return
  const opener = `[data-returns="${CSS.escape(returns)}"]`
  const found = document.querySelector<HTMLElement>(`.panel ${opener}`) ?? document.querySelector<HTMLElement>(opener)
  found?.focus()
}
