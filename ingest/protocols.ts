// Every device protocol that a listener speaks. The own API and the gateway feed are not among them: they are our own words.
import type { DeviceProtocol } from './decoder.ts'
import { gt06 } from './protocols/gt06.ts'
import { jt808 } from './protocols/jt808.ts'
import { laipac } from './protocols/laipac.ts'
import { megastek } from './protocols/megastek.ts'
import { osmand } from './protocols/osmand.ts'
import { owntracks } from './protocols/owntracks.ts'
import { r16h } from './protocols/r16h.ts'
import { xexun3 } from './protocols/xexun3.ts'

export const DEVICE_PROTOCOLS = [
  osmand,
  gt06,
  jt808,
  megastek,
  laipac,
  r16h,
  xexun3,
  owntracks,
] as const satisfies readonly DeviceProtocol[]

export function protocolNamed(name: string): DeviceProtocol | undefined {
  return DEVICE_PROTOCOLS.find((protocol) => protocol.name === name)
}
