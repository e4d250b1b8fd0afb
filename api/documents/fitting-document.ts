// The record (berita acara) of a fitting or a taking off, as it is printed and signed. In Indonesian, whatever the screen speaks.
import PDFDocument from 'pdfkit'
import type { FittingRecord, WearerFile } from '../../model/console/people.ts'
import { zoneOffsetMs } from '../../model/plan/local-day.ts'

export type FittingPaper = {
  fitting: FittingRecord
  file: WearerFile
  unitName: string
  timeZone: string
}

const MARGIN_PT = 56
const LABEL_PT = 170
const ZONES: Record<string, string> = { 'Asia/Jakarta': 'WIB', 'Asia/Makassar': 'WITA', 'Asia/Jayapura': 'WIT' }
const MONTHS = 'Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember'.split(' ')
const DAYS = 'Minggu Senin Selasa Rabu Kamis Jumat Sabtu'.split(' ')
const IDENTITY = {
  ktp: 'KTP asli',
  kk: 'kartu keluarga',
  sk: 'salinan SK',
  foto: 'foto pada berkas',
  dikenal: 'dikenal oleh petugas',
} as const
const PROGRAMME: Record<string, string> = {
  ...{ PB: 'Pembebasan bersyarat', CB: 'Cuti bersyarat', CMB: 'Cuti menjelang bebas' },
  ...{ CMK: 'Cuti mengunjungi keluarga', asimilasi: 'Asimilasi' },
  ...{ pidana_pengawasan: 'Pidana pengawasan', kerja_sosial: 'Pidana kerja sosial' },
}
const TITLES = {
  pasang: 'BERITA ACARA PEMASANGAN GELANG ELEKTRONIK',
  lepas: 'BERITA ACARA PELEPASAN GELANG ELEKTRONIK',
} as const

/** The bytes of a PDF of one page. */
export async function fittingDocument({ fitting, file, unitName, timeZone }: FittingPaper): Promise<Buffer> {
  const paper = new PDFDocument({
    ...{ size: 'A4', margin: MARGIN_PT, lang: 'id-ID', tagged: true, displayTitle: true },
    // No name in what a folder shows.
    info: { Title: TITLES[fitting.act], Creator: 'Gelang', CreationDate: new Date(fitting.atMs) },
  })
  const done = bytesOf(paper)
  paper.font('Helvetica-Bold').fontSize(11)
  paper.text('KEMENTERIAN IMIGRASI DAN PEMASYARAKATAN REPUBLIK INDONESIA', { align: 'center' })
  paper.text('DIREKTORAT JENDERAL PEMASYARAKATAN', { align: 'center' })
  paper.text(printable(unitName.toUpperCase()), { align: 'center' })
  paper
    .moveTo(MARGIN_PT, paper.y + 6)
    .lineTo(paper.page.width - MARGIN_PT, paper.y + 6)
    .stroke()
  paper.moveDown(2).fontSize(13).text(TITLES[fitting.act], { align: 'center' })
  paper.font('Helvetica').fontSize(10).text(`Nomor: ......................................`, { align: 'center' })
  paper.moveDown(1.5).fontSize(11)
  paper.text(`Pada hari ini, ${dayWords(fitting.atMs, timeZone)}, telah dilakukan ${sentenceOf(fitting)}:`)
  paper.moveDown()
  const { supervision } = file
  const rows: [string, string | undefined][] = [
    ['Nama klien', file.name],
    ['NIK', file.nikMasked],
    ['Nomor registrasi SDP', file.sdpNumber],
    ['Program', supervision && (PROGRAMME[supervision.programme] ?? supervision.programme)],
    ['Nomor SK', supervision?.skNumber],
    ['Ekspirasi', supervision && dateWords(supervision.toMs - 1, timeZone)],
    ['Alat', `${fitting.model}, nomor ${fitting.deviceId}`],
    ['Identitas klien diperiksa dengan', fitting.identity && IDENTITY[fitting.identity]],
    ['Alasan', fitting.reason],
    ['Petugas', fitting.officerName],
  ]
  for (const [label, value] of rows) row(paper, label, value)
  paper.moveDown()
  paper.text(STATEMENTS[fitting.act], MARGIN_PT, paper.y, { align: 'justify' })
  paper.moveDown(2)
  signatures(paper, fitting)
  paper.end()
  return done
}

const sentenceOf = ({ act }: FittingRecord): string =>
  act === 'pasang'
    ? 'pemasangan gelang elektronik pada klien berikut'
    : 'pelepasan gelang elektronik dari klien berikut'

const STATEMENTS = {
  pasang:
    'Klien telah mendapat penjelasan tentang cara memakai dan mengisi daya alat, ketentuan yang berlaku baginya, data yang dicatat, siapa yang dapat membukanya, serta akibat merusak atau melepas alat. Alat telah diuji sebelum dipasang.',
  lepas:
    'Alat diterima kembali oleh petugas dan diperiksa. Sejak saat pelepasan, laporan dari alat tidak lagi dicatat atas nama klien.',
} as const

function row(paper: PDFKit.PDFDocument, label: string, value: string | undefined): void {
  const topPt = paper.y
  paper.text(label, MARGIN_PT, topPt, { width: LABEL_PT })
  const labelEndPt = paper.y
  paper.text(':', MARGIN_PT + LABEL_PT, topPt)
  paper.text(printable(value ?? '-'), MARGIN_PT + LABEL_PT + 12, topPt, {
    width: paper.page.width - 2 * MARGIN_PT - LABEL_PT - 12,
  })
  paper.y = Math.max(paper.y, labelEndPt) + 3
}

function signatures(paper: PDFKit.PDFDocument, { klienSigned, officerSigned }: FittingRecord): void {
  const topPt = paper.y
  const widthPt = (paper.page.width - 2 * MARGIN_PT) / 2
  for (const [i, title, name] of [
    [0, 'Klien,', klienSigned],
    [1, 'Petugas,', officerSigned],
  ] as const) {
    const leftPt = MARGIN_PT + i * widthPt
    paper.text(title, leftPt, topPt, { width: widthPt, align: 'center' })
    paper.text(`(${printable(name ?? '.............................')})`, leftPt, topPt + 76, {
      width: widthPt,
      align: 'center',
    })
  }
}

function bytesOf(paper: PDFKit.PDFDocument): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    paper.on('data', (chunk: Buffer) => chunks.push(chunk))
    paper.on('end', () => resolve(Buffer.concat(chunks)))
    paper.on('error', reject)
  })
}

/** The letters that the standard fonts of PDF have. */
function printable(text: string): string {
  return text.normalize('NFC').replace(/[^\x20-\x7e\u00a0-\u00ff]/g, '?')
}

function dateWords(timeMs: number, timeZone: string): string {
  const local = new Date(timeMs + zoneOffsetMs(timeZone))
  return `${local.getUTCDate()} ${MONTHS[local.getUTCMonth()]} ${local.getUTCFullYear()}`
}

/** "Selasa, 1 Desember 2026 pukul 20.00 WIB". */
function dayWords(timeMs: number, timeZone: string): string {
  const local = new Date(timeMs + zoneOffsetMs(timeZone))
  const clock = local.toISOString().slice(11, 16).replace(':', '.')
  return `${DAYS[local.getUTCDay()]}, ${dateWords(timeMs, timeZone)} pukul ${clock} ${ZONES[timeZone] ?? timeZone}`
}
