// Why an officer reads a person's data outside their own caseload: a kind of reason, and a text.
// The database asks for the same (store/migrations/037-reasons.sql); a test compares the two.

export const REASON_KINDS = [
  'menggantikan_rekan',
  'pengaduan',
  'pemeriksaan',
  'penyusunan_laporan',
  'keadaan_darurat',
  'permintaan_aparat',
  'permintaan_klien',
  'gangguan_alat',
  'lainnya',
] as const
export type ReasonKind = (typeof REASON_KINDS)[number]

export const REASON_VERDICTS = ['layak', 'perlu_penjelasan', 'tidak_layak'] as const
export type ReasonVerdict = (typeof REASON_VERDICTS)[number]

export const REASON_CHARS_MAX = 500
const WORDS_MIN = 3
const LETTERS_MIN = 6

/** At least three different words of two letters or more, and six different letters: "aaaaa" is no reason. */
export function hasContent(reason: string): boolean {
  const words = new Set(reason.match(/[A-Za-z]{2,}/g)?.map((word) => word.toLowerCase()))
  const letters = new Set(reason.match(/[A-Za-z]/g)?.map((letter) => letter.toLowerCase()))
  return words.size >= WORDS_MIN && letters.size >= LETTERS_MIN
}
