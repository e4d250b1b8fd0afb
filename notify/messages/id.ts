/** What a recipient reads, by the kind of notice; no name, no place. */
export const id = {
  'alert.raised': 'Peringatan {severity} baru. Lihat: {link}',
  'alert.reopened': 'Peringatan {severity} dilaporkan lagi oleh alat sesudah diselesaikan. Lihat: {link}',
  'alert.withdrawn': 'Peringatan {severity} ditarik kembali. Lihat: {link}',
  'alert.overdue': 'Tenggat terlewat: peringatan {severity} belum diterima siapa pun. Mohon ditindaklanjuti: {link}',
  'alert.unhandled':
    'Tenggat penanganan terlewat: peringatan {severity} belum diselesaikan. Mohon ditindaklanjuti: {link}',
  'alert.officer': 'Petugas mengeskalasi peringatan {severity}. Mohon ditindaklanjuti: {link}',
  'alert.test':
    'Pesan uji dari Gelang: jalur ini berfungsi. Tidak ada peringatan, tidak ada yang perlu dikerjakan. {link}',
  'mail.subject': 'Gelang: peringatan {severity}',
  'severity.informasi': 'informasi',
  'severity.serius': 'serius',
  'severity.kritis': 'kritis',
}

export type Messages = Record<keyof typeof id, string>
