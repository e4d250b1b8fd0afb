// Three towns, one in each of Indonesia's time zones, and words for invented people. Nobody here exists.
import type { Place } from './place.ts'

export type Town = {
  label: string
  name: string
  kanwil: { label: string; name: string }
  timeZone: string
  center: Place
}

export const TOWNS: readonly Town[] = [
  {
    label: 'yogyakarta',
    name: 'Yogyakarta',
    kanwil: { label: 'diy', name: 'Kanwil D.I. Yogyakarta' },
    timeZone: 'Asia/Jakarta',
    center: { latDeg: -7.797, lonDeg: 110.3705 },
  },
  {
    label: 'makassar',
    name: 'Makassar',
    kanwil: { label: 'sulsel', name: 'Kanwil Sulawesi Selatan' },
    timeZone: 'Asia/Makassar',
    center: { latDeg: -5.1477, lonDeg: 119.452 },
  },
  {
    label: 'jayapura',
    name: 'Jayapura',
    kanwil: { label: 'papua', name: 'Kanwil Papua' },
    timeZone: 'Asia/Jayapura',
    center: { latDeg: -2.587, lonDeg: 140.669 },
  },
]

export const PROGRAMMES = ['PB', 'CB', 'CMB', 'CMK', 'asimilasi', 'pidana_pengawasan', 'kerja_sosial'] as const

// biome-ignore format: lists of words
export const GIVEN_NAMES = [
  'Adi',
  'Agus',
  'Bayu',
  'Budi',
  'Cahyo',
  'Dewi',
  'Dian',
  'Eko',
  'Fajar',
  'Gilang',
  'Hendra',
  'Indra',
  'Joko',
  'Kartika',
  'Lestari',
  'Made',
  'Nanda',
  'Oktavia',
  'Putri',
  'Rahmat',
  'Rina',
  'Sari',
  'Taufik',
  'Umar',
  'Wahyu',
  'Yohanes',
  'Yusuf',
  'Zainal',
] as const

export const FAMILY_NAMES = [
  'Santoso',
  'Wijaya',
  'Saputra',
  'Pratama',
  'Hidayat',
  'Nugroho',
  'Siregar',
  'Simanjuntak',
  'Daeng',
  'Mappasessu',
  'Wenda',
  'Kogoya',
  'Rumbiak',
  'Suryadi',
  'Kurniawan',
  'Permana',
  'Maulana',
  'Hakim',
  'Tandiono',
  'Purnomo',
  'Setiawan',
  'Latif',
] as const
