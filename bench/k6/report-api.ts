// Devices' own HTTP API: a gateway posts batches of reports.
//   k6 run -e BASE_URL=http://127.0.0.1:8090 -e GATEWAY=id:secret -e DEVICE_IDS=a,b,c bench/k6/report-api.ts
import { check } from 'k6'
import exec from 'k6/execution'
import http from 'k6/http'
import { Counter } from 'k6/metrics'
import { arrivals, listSetting, numberSetting, placeOf, SMOKE, setting, THRESHOLDS } from './settings.ts'

const baseUrl = setting('BASE_URL', 'http://127.0.0.1:8090')
const gateway = setting('GATEWAY')
const deviceIds = listSetting('DEVICE_IDS')
const batchReports = Math.min(numberSetting('BATCH', 50), deviceIds.length)
const answered = new Counter('reports_answered')

export const options = {
  scenarios: { batches: arrivals(200) },
  thresholds: { ...THRESHOLDS, reports_answered: ['count>0'] },
}

export default function (): void {
  const batch = exec.scenario.iterationInTest
  const timeMs = Date.now()
  const reports = []
  for (let i = 0; i < batchReports; i++) {
    const n = batch * batchReports + i
    const deviceId = deviceIds[n % deviceIds.length]
    // Batches of the same millisecond differ in the last digits of the place, so that none is taken for a repeat.
    const { lat, lon } = placeOf(n)
    reports.push({ deviceId, time: timeMs, lat, lon, accuracyM: 8, speedMps: 0.4, batteryPercent: 80, strap: 'closed' })
  }
  const response = http.post(`${baseUrl}/v1/reports`, JSON.stringify({ reports }), {
    headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway}` },
  })
  const results = response.status === 200 ? (response.json('results') as { ok: boolean }[]) : []
  const good = results.filter(({ ok }) => ok).length
  answered.add(good)
  check(response, {
    'batch answered with 200': ({ status }) => status === 200,
    'a verdict for every report, all good': () => results.length === batchReports && good === batchReports,
  })
  if (SMOKE && good !== batchReports) console.error(`${response.status} ${response.body}`)
}
