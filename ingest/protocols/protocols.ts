// Every device protocol that a listener speaks. The own API and the gateway feed are not among them: they are our own words.
import type { DeviceProtocol } from './decoder.ts'
import { gt06 } from './gt06/gt06.ts'
import { h02 } from './h02/h02.ts'
import { iw } from './iw/iw.ts'
import { jt808 } from './jt808/jt808.ts'
import { laipac } from './laipac.ts'
import { megastek } from './megastek/megastek.ts'
import { osmand } from './osmand/osmand.ts'
import { owntracks } from './owntracks.ts'
import { r16h } from './r16h.ts'
import { teltonika } from './teltonika/teltonika.ts'
import { watch } from './watch/watch.ts'
import { xexun3 } from './xexun3.ts'

export const DEVICE_PROTOCOLS = [
  osmand,
  gt06,
  jt808,
  megastek,
  laipac,
  r16h,
  xexun3,
  iw,
  watch,
  teltonika,
  h02,
  owntracks,
] as const satisfies readonly DeviceProtocol[]

export function protocolNamed(name: string): DeviceProtocol | undefined {
  return DEVICE_PROTOCOLS.find((protocol) => protocol.name === name)
}
