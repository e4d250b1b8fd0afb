// Terms of a klien's file and of a bracelet's custody. Apart from the schemas, which the console does not carry.

export const PROGRAMMES = ['PB', 'CB', 'CMB', 'CMK', 'asimilasi', 'pidana_pengawasan', 'kerja_sosial'] as const
export const RISKS = ['rendah', 'sedang', 'tinggi'] as const
/** What a klien is to be spared for. */
export const NEEDS = ['hamil', 'sakit', 'disabilitas', 'lansia'] as const
/** How a supervision ends before its time. */
export const END_KINDS = ['selesai', 'pencabutan', 'meninggal', 'lainnya'] as const
export const CUSTODY = ['gudang', 'dipakai', 'servis', 'hilang', 'rusak'] as const
/** By what a klien is recognised when a bracelet is put on or taken off. */
export const IDENTITIES = ['ktp', 'kk', 'sk', 'foto', 'dikenal'] as const
