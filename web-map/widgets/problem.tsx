import type { ComponentChildren } from 'preact'

/** What went wrong, in words that a reader hears at once. */
export function Problem({ children }: { children: ComponentChildren }) {
  return (
    <p class="problem" role="alert">
      {children}
    </p>
  )
}
