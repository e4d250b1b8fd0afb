// `gelang device-key`: the preshared TLS key of one bracelet, to be entered where the bracelet is configured.
import { presharedKeyOf } from '../../ingest/admission/issued-code.ts'
import { deviceKeyFrom } from '../process/device-key.ts'
import { readSettings, required } from '../process/settings.ts'

/** Prints the identity and the key as hex. The bracelet must be registered with a preshared key for it to count. */
export function deviceKeyCommand(deviceId: string, env: NodeJS.ProcessEnv, print: (line: string) => void): void {
  const key = deviceKeyFrom(required(readSettings(env).deviceKey, 'GELANG_DEVICE_KEY'))
  print(`identity ${deviceId}`)
  print(`key ${presharedKeyOf(key, deviceId).toString('hex')}`)
}
