import type { ByteReader, ByteWriter } from '../../memory/bytes.ts'
import type { Episode } from './episode.ts'

/** Open incidents are rare and hold no NaN: JSON. */
export function writeEpisodes(out: ByteWriter, episodes: readonly (Episode | undefined)[]): void {
  for (const episode of episodes) {
    out.u8(episode ? 1 : 0)
    if (episode) out.text(JSON.stringify(episode))
  }
}

export function readEpisodes(from: ByteReader, count: number): (Episode | undefined)[] {
  const episodes: (Episode | undefined)[] = []
  for (let i = 0; i < count; i++) {
    if (from.u8() === 0) episodes.push(undefined)
    else {
      const episode = JSON.parse(from.text()) as Episode
      episode.conditionId ??= undefined
      episodes.push(episode)
    }
  }
  return episodes
}
