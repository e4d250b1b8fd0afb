import { signal } from '@preact/signals'
import { type Address, addressAt, pathOf } from '../../model/console/addresses.ts'

/** The browser's address line and its way back. */
export type PageHistory = {
  /** Path and query as they are. */
  href(): string
  push(href: string): void
  replace(href: string): void
  /** Calls when the officer goes back or forward. */
  onBack(act: () => void): void
}

export type Query = ReadonlyMap<string, string>

/** What the query of a page with the map may hold; it goes along from one such page to the next, all but the map's view. */
export const QUERY = {
  mapView: 'peta',
  pk: 'pk',
  unit: 'unit',
  type: 'jenis',
  severity: 'tingkat',
  mine: 'milik',
  shown: 'tampil',
  wall: 'dinding',
  list: 'daftar',
  search: 'cari',
  custody: 'keadaan',
  protocol: 'protokol',
  reason: 'sebab',
} as const
const DESK_PAGES: ReadonlySet<Address['page']> = new Set(['control-room', 'incident', 'wearer', 'trial'])
export const isDeskPage = (address: Address | undefined): boolean =>
  address !== undefined && DESK_PAGES.has(address.page)

/** Where the officer is: the address line is the only place that knows. */
export class Router {
  /** Undefined: there is no such page. */
  readonly address = signal<Address | undefined>(undefined)
  readonly query = signal<Query>(new Map())
  /** The address said where the map is to be: a reload, the way back, a link that somebody passed on. */
  arrivedWithView = false
  #history: PageHistory

  constructor(history: PageHistory) {
    this.#history = history
    history.onBack(() => this.#read())
    this.#read()
  }

  hrefOf(address: Address): string {
    const path = pathOf(address)
    if (!isDeskPage(address) || !isDeskPage(this.address.value)) return path
    return withQuery(path, new Map([...this.query.value].filter(([key]) => key !== QUERY.mapView)))
  }

  go(address: Address): void {
    this.follow(this.hrefOf(address))
  }

  /** An address that leads on: going back does not come to it. */
  redirect(address: Address): void {
    this.#history.replace(this.hrefOf(address))
    this.#read()
  }

  /** Goes where a link of the console leads. */
  follow(href: string): void {
    if (href !== this.#history.href()) this.#history.push(href)
    this.#read()
  }

  /** Changes parts of the query where the officer is; undefined takes one out. */
  setQuery(changes: Readonly<Record<string, string | undefined>>): void {
    const query = new Map(this.query.value)
    for (const [key, value] of Object.entries(changes)) {
      if (value === undefined || value === '') query.delete(key)
      else query.set(key, value)
    }
    const href = withQuery(this.#history.href().split('?')[0]!, query)
    if (href === this.#history.href()) return
    this.#history.replace(href)
    this.query.value = query
  }

  #read(): void {
    const [path = '', search = ''] = this.#history.href().split('?')
    const query = new Map(new URLSearchParams(search))
    this.arrivedWithView = query.has(QUERY.mapView)
    this.query.value = query
    const next = addressAt(path)
    // The same page again is no change: what watches the address is not disturbed by a query.
    if (JSON.stringify(next) !== JSON.stringify(this.address.value)) this.address.value = next
  }
}

function withQuery(path: string, query: Query): string {
  const search = new URLSearchParams([...query]).toString()
  return search === '' ? path : `${path}?${search.replaceAll('%2C', ',').replaceAll('%2F', '/')}`
}
