/** Reads HTTP answers with a Content-Length off a connection; gives their status codes. */
export class HttpAnswers {
  #rest = ''

  read(chunk: Uint8Array): number[] {
    this.#rest += Buffer.from(chunk).toString('latin1')
    const statuses: number[] = []
    for (;;) {
      const end = this.#rest.indexOf('\r\n\r\n')
      if (end < 0) return statuses
      const head = this.#rest.slice(0, end)
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1])
      if (Number.isNaN(length)) throw new Error(`an answer without a length: ${head}`)
      if (this.#rest.length < end + 4 + length) return statuses
      this.#rest = this.#rest.slice(end + 4 + length)
      statuses.push(Number(head.split(' ')[1]))
    }
  }
}

export const isTaken = (status: number): boolean => status >= 200 && status < 300
