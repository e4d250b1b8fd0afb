import type { PageHistory } from '../../web-map/address/router.ts'

/** An address line with a way back, for what runs without a browser. */
export function fakeHistory(href = '/ruang-kendali') {
  const past = [href]
  const backs: (() => void)[] = []
  return {
    href: () => past.at(-1)!,
    push: (next: string) => void past.push(next),
    replace: (next: string) => void past.splice(-1, 1, next),
    onBack: (act: () => void) => void backs.push(act),
    back() {
      past.pop()
      for (const act of backs) act()
    },
  } satisfies PageHistory & { back(): void }
}
