/** Words that every form of the console shares. */
export const formId = {
  'form.optional': '(boleh kosong)',
  'form.choose': 'Pilih…',
  'form.reason': 'Alasan',
  'form.reasonHint': 'Sedikitnya 10 huruf. Alasan tercatat bersama nama Anda.',
  'form.save': 'Simpan',
  'form.conflict': 'Sementara itu {name} mengubah catatan ini. Isian Anda tetap ada; periksa, lalu simpan lagi.',
  'form.nothingChanged': 'Belum ada yang diubah.',
  'form.copy': 'Salin',
  'form.copied': 'Tersalin',
  'form.close': 'Tutup',
  'form.next': 'Berikutnya',
  'form.first': 'Ke awal',
  'form.all': 'Semua',
} as const
