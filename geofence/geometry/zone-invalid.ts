/** A shape that cannot be a zone; the message says what is wrong with it and where. */
export class ZoneInvalid extends Error {
  override name = 'ZoneInvalid'
}
