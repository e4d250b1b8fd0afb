// What the k6 scripts share: their settings from `-e NAME=value`, and how hard they press.

/** `-e MODE=smoke`: a few seconds, to show that it works; anything else is the ramp. */
export const SMOKE = __ENV.MODE === 'smoke'

/** The value, or an error that names the setting. */
export function setting(name: string, otherwise?: string): string {
  const value = __ENV[name] || otherwise
  if (value === undefined) throw new Error(`set it with -e ${name}=…`)
  return value
}

export function numberSetting(name: string, otherwise: number): number {
  const value = Number(setting(name, String(otherwise)))
  if (!(value > 0)) throw new Error(`${name} must be a number above 0`)
  return value
}

/** Comma-separated. */
export function listSetting(name: string): string[] {
  return setting(name).split(',')
}

/** Requests a second: 5 for five seconds in smoke mode, else up to PEAK within RAMP_SECONDS, held for HOLD_SECONDS, and down again. */
export function arrivals(peakPerSecond: number): object {
  const seconds = { ramp: numberSetting('RAMP_SECONDS', 30), hold: numberSetting('HOLD_SECONDS', 60) }
  const peak = numberSetting('PEAK', peakPerSecond)
  if (SMOKE) return { executor: 'constant-arrival-rate', rate: 5, duration: '5s', preAllocatedVUs: 10, maxVUs: 40 }
  return {
    executor: 'ramping-arrival-rate',
    startRate: 1,
    preAllocatedVUs: 50,
    maxVUs: 1000,
    stages: [
      { target: peak, duration: `${seconds.ramp}s` },
      { target: peak, duration: `${seconds.hold}s` },
      { target: 0, duration: '5s' },
    ],
  }
}

/** Latency is measured, not judged, but for a limit that only a server in trouble passes. */
export const THRESHOLDS = {
  checks: [SMOKE ? 'rate==1' : 'rate>0.999'],
  http_req_failed: [SMOKE ? 'rate==0' : 'rate<0.001'],
  http_req_duration: ['p(95)<5000'],
  dropped_iterations: [SMOKE ? 'count<10' : 'count<1000'], // a busy machine starts some late
}

/** A place about 100 m around a centre, another one for each `n`. */
export function placeOf(n: number): { lat: number; lon: number } {
  const angle = n * 2.399963
  return { lat: -6.2 + 0.0009 * Math.sin(angle), lon: 106.8167 + 0.0009 * Math.cos(angle) }
}
