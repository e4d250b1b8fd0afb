import type { z } from 'zod'

/** What a schema gives, with members that are absent instead of undefined. */
export type Wire<S extends z.ZodType> = Present<z.infer<S>>

type Present<T> = T extends object ? { [K in keyof T]: Present<Exclude<T[K], undefined>> } : T
